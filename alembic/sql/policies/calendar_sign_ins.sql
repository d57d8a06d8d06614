-- A person's own open consent pages.
ALTER TABLE calendar_sign_ins ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_sign_ins FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_sign_ins TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_sign_ins;
CREATE POLICY own_rows ON calendar_sign_ins TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_sign_ins;
CREATE POLICY service_role ON calendar_sign_ins TO buildos_worker USING (true) WITH CHECK (true);
