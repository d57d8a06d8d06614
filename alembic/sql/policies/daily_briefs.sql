-- A person's briefs.
ALTER TABLE daily_briefs ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON daily_briefs FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON daily_briefs TO buildos_web;

DROP POLICY IF EXISTS own_rows ON daily_briefs;
CREATE POLICY own_rows ON daily_briefs TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON daily_briefs;
CREATE POLICY service_role ON daily_briefs TO buildos_worker USING (true) WITH CHECK (true);
