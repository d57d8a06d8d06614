-- Samples of the queue concern nobody's rows; workers write them, administrators read them.
ALTER TABLE queue_samples ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_samples FROM buildos_web;

DROP POLICY IF EXISTS service_role ON queue_samples;
CREATE POLICY service_role ON queue_samples TO buildos_worker USING (true) WITH CHECK (true);
