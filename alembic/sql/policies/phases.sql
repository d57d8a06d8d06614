-- A person's phases.
ALTER TABLE phases ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON phases FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON phases TO buildos_web;

DROP POLICY IF EXISTS own_rows ON phases;
CREATE POLICY own_rows ON phases TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON phases;
CREATE POLICY service_role ON phases TO buildos_worker USING (true) WITH CHECK (true);
