-- A person's text messages.
ALTER TABLE sms_messages ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON sms_messages FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_messages TO buildos_web;

DROP POLICY IF EXISTS own_rows ON sms_messages;
CREATE POLICY own_rows ON sms_messages TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON sms_messages;
CREATE POLICY service_role ON sms_messages TO buildos_worker USING (true) WITH CHECK (true);
