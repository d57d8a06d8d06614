-- What a person's projects said before; only the trigger writes it.
ALTER TABLE project_versions ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON project_versions FROM buildos_web;
GRANT SELECT ON project_versions TO buildos_web;

DROP POLICY IF EXISTS own_rows ON project_versions;
CREATE POLICY own_rows ON project_versions TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON project_versions;
CREATE POLICY service_role ON project_versions TO buildos_worker USING (true) WITH CHECK (true);
