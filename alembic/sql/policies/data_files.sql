-- A person's exports and imports.
ALTER TABLE data_files ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON data_files FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON data_files TO buildos_web;

DROP POLICY IF EXISTS own_rows ON data_files;
CREATE POLICY own_rows ON data_files TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON data_files;
CREATE POLICY service_role ON data_files TO buildos_worker USING (true) WITH CHECK (true);
