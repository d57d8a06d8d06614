-- The places of a person's tasks in phases.
ALTER TABLE phase_tasks ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON phase_tasks FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON phase_tasks TO buildos_web;

DROP POLICY IF EXISTS own_rows ON phase_tasks;
CREATE POLICY own_rows ON phase_tasks TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON phase_tasks;
CREATE POLICY service_role ON phase_tasks TO buildos_worker USING (true) WITH CHECK (true);
