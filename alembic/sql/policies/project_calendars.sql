-- Which calendar a person's project goes to.
ALTER TABLE project_calendars ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON project_calendars FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON project_calendars TO buildos_web;

DROP POLICY IF EXISTS own_rows ON project_calendars;
CREATE POLICY own_rows ON project_calendars TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON project_calendars;
CREATE POLICY service_role ON project_calendars TO buildos_worker USING (true) WITH CHECK (true);
