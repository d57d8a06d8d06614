-- A person's mail.
ALTER TABLE emails ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON emails FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON emails TO buildos_web;

DROP POLICY IF EXISTS own_rows ON emails;
CREATE POLICY own_rows ON emails TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON emails;
CREATE POLICY service_role ON emails TO buildos_worker USING (true) WITH CHECK (true);
