-- A person's notes.
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON notes FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO buildos_web;

DROP POLICY IF EXISTS own_rows ON notes;
CREATE POLICY own_rows ON notes TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON notes;
CREATE POLICY service_role ON notes TO buildos_worker USING (true) WITH CHECK (true);
