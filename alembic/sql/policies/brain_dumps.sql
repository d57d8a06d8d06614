-- A person's dumps.
ALTER TABLE brain_dumps ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON brain_dumps FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON brain_dumps TO buildos_web;

DROP POLICY IF EXISTS own_rows ON brain_dumps;
CREATE POLICY own_rows ON brain_dumps TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON brain_dumps;
CREATE POLICY service_role ON brain_dumps TO buildos_worker USING (true) WITH CHECK (true);
