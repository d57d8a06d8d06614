-- Counts of runs concern nobody's rows; workers write them, administrators read them.
ALTER TABLE queue_counts ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_counts FROM buildos_web;

DROP POLICY IF EXISTS service_role ON queue_counts;
CREATE POLICY service_role ON queue_counts TO buildos_worker USING (true) WITH CHECK (true);
