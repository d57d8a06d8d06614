-- The single dates of a person's recurring tasks.
ALTER TABLE task_instances ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON task_instances FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON task_instances TO buildos_web;

DROP POLICY IF EXISTS own_rows ON task_instances;
CREATE POLICY own_rows ON task_instances TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON task_instances;
CREATE POLICY service_role ON task_instances TO buildos_worker USING (true) WITH CHECK (true);
