-- What a person wants to be texted.
ALTER TABLE sms_preferences ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON sms_preferences FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_preferences TO buildos_web;

DROP POLICY IF EXISTS own_rows ON sms_preferences;
CREATE POLICY own_rows ON sms_preferences TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON sms_preferences;
CREATE POLICY service_role ON sms_preferences TO buildos_worker USING (true) WITH CHECK (true);
