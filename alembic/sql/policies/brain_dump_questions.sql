-- What a person's dumps left open.
ALTER TABLE brain_dump_questions ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON brain_dump_questions FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON brain_dump_questions TO buildos_web;

DROP POLICY IF EXISTS own_rows ON brain_dump_questions;
CREATE POLICY own_rows ON brain_dump_questions TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON brain_dump_questions;
CREATE POLICY service_role ON brain_dump_questions TO buildos_worker USING (true) WITH CHECK (true);
