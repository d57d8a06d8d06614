-- Texts that came in, for the webhook alone.
ALTER TABLE sms_inbound ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON sms_inbound FROM buildos_web;

DROP POLICY IF EXISTS service_role ON sms_inbound;
CREATE POLICY service_role ON sms_inbound TO buildos_worker USING (true) WITH CHECK (true);
