-- A person's projects.
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON projects FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON projects TO buildos_web;

DROP POLICY IF EXISTS own_rows ON projects;
CREATE POLICY own_rows ON projects TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON projects;
CREATE POLICY service_role ON projects TO buildos_worker USING (true) WITH CHECK (true);
