-- What a person's tasks wait for.
ALTER TABLE task_dependencies ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON task_dependencies FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON task_dependencies TO buildos_web;

DROP POLICY IF EXISTS own_rows ON task_dependencies;
CREATE POLICY own_rows ON task_dependencies TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON task_dependencies;
CREATE POLICY service_role ON task_dependencies TO buildos_worker USING (true) WITH CHECK (true);
