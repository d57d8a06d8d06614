-- The service role writes failures here and reads them for the administrator; old ones are deleted. A person's own
-- session may add a failure of that person, and read none.
ALTER TABLE error_logs ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON error_logs FROM buildos_web, buildos_worker;
GRANT SELECT, INSERT, UPDATE (resolved_at, resolved_by, note), DELETE ON error_logs TO buildos_worker;

GRANT INSERT (error_type, message, user_id, job_type, attempt, outcome, note) ON error_logs TO buildos_web;
GRANT USAGE ON SEQUENCE error_logs_id_seq TO buildos_web;

DROP POLICY IF EXISTS service_role ON error_logs;
CREATE POLICY service_role ON error_logs TO buildos_worker USING (true) WITH CHECK (true);

DROP POLICY IF EXISTS add_own ON error_logs;
CREATE POLICY add_own ON error_logs FOR INSERT TO buildos_web
WITH CHECK (user_id = app_user_id() AND job_id IS NULL);
