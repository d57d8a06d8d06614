-- A person sees and changes their own connection; its tokens are encrypted.
ALTER TABLE calendar_connections ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_connections FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_connections TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_connections;
CREATE POLICY own_rows ON calendar_connections TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_connections;
CREATE POLICY service_role ON calendar_connections TO buildos_worker USING (true) WITH CHECK (true);
