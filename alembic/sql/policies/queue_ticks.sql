-- Ticks concern nobody's rows; only the service role keeps them.
ALTER TABLE queue_ticks ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_ticks FROM buildos_web;

DROP POLICY IF EXISTS service_role ON queue_ticks;
CREATE POLICY service_role ON queue_ticks TO buildos_worker USING (true) WITH CHECK (true);
