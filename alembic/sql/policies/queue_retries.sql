-- retry_queue_job writes which job became which; administrators read it.
ALTER TABLE queue_retries ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_retries FROM buildos_web;

DROP POLICY IF EXISTS service_role ON queue_retries;
CREATE POLICY service_role ON queue_retries TO buildos_worker USING (true) WITH CHECK (true);
