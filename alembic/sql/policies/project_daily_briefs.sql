-- What a person's briefs say about each project.
ALTER TABLE project_daily_briefs ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON project_daily_briefs FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON project_daily_briefs TO buildos_web;

DROP POLICY IF EXISTS own_rows ON project_daily_briefs;
CREATE POLICY own_rows ON project_daily_briefs TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON project_daily_briefs;
CREATE POLICY service_role ON project_daily_briefs TO buildos_worker USING (true) WITH CHECK (true);
