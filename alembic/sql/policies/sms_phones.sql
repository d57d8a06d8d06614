-- A person sees their phone; what is proven, counted and opted out is written by the service role and the functions.
ALTER TABLE sms_phones ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON sms_phones FROM buildos_web;
GRANT SELECT ON sms_phones TO buildos_web;

DROP POLICY IF EXISTS own_rows ON sms_phones;
CREATE POLICY own_rows ON sms_phones FOR SELECT TO buildos_web USING (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON sms_phones;
CREATE POLICY service_role ON sms_phones TO buildos_worker USING (true) WITH CHECK (true);
