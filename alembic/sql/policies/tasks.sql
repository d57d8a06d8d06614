-- A person's tasks.
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON tasks FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks TO buildos_web;

DROP POLICY IF EXISTS own_rows ON tasks;
CREATE POLICY own_rows ON tasks TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON tasks;
CREATE POLICY service_role ON tasks TO buildos_worker USING (true) WITH CHECK (true);
