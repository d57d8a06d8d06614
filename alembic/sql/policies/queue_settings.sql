-- What the queue knows of a job type: read by everybody, written by the service role.
ALTER TABLE queue_settings ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_settings FROM buildos_web;
GRANT SELECT ON queue_settings TO buildos_web;

DROP POLICY IF EXISTS everybody_reads ON queue_settings;
CREATE POLICY everybody_reads ON queue_settings FOR SELECT TO buildos_web USING (true);

DROP POLICY IF EXISTS service_role ON queue_settings;
CREATE POLICY service_role ON queue_settings TO buildos_worker USING (true) WITH CHECK (true);
