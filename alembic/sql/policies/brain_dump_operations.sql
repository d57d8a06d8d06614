-- The operations of a person's dumps.
ALTER TABLE brain_dump_operations ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON brain_dump_operations FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON brain_dump_operations TO buildos_web;

DROP POLICY IF EXISTS own_rows ON brain_dump_operations;
CREATE POLICY own_rows ON brain_dump_operations TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON brain_dump_operations;
CREATE POLICY service_role ON brain_dump_operations TO buildos_worker USING (true) WITH CHECK (true);
