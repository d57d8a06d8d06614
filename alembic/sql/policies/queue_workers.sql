-- The workers of this installation, for the service role only.
ALTER TABLE queue_workers ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_workers FROM buildos_web;


DROP POLICY IF EXISTS service_role ON queue_workers;
CREATE POLICY service_role ON queue_workers TO buildos_worker USING (true) WITH CHECK (true);
