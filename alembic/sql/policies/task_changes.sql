-- What was changed in a person's tasks; what happened is added to, never rewritten.
ALTER TABLE task_changes ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON task_changes FROM buildos_web;
GRANT SELECT, INSERT ON task_changes TO buildos_web;

DROP POLICY IF EXISTS own_rows ON task_changes;
CREATE POLICY own_rows ON task_changes TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON task_changes;
CREATE POLICY service_role ON task_changes TO buildos_worker USING (true) WITH CHECK (true);
