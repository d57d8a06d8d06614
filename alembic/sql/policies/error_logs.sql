-- The service role writes failures here and reads them for the administrator; old ones are deleted.
ALTER TABLE error_logs ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON error_logs FROM buildos_web, buildos_worker;
GRANT SELECT, INSERT, UPDATE (resolved_at, resolved_by, note), DELETE ON error_logs TO buildos_worker;

DROP POLICY IF EXISTS service_role ON error_logs;
CREATE POLICY service_role ON error_logs TO buildos_worker USING (true) WITH CHECK (true);
