-- A person's own calendars.
ALTER TABLE calendars ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendars FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendars TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendars;
CREATE POLICY own_rows ON calendars TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendars;
CREATE POLICY service_role ON calendars TO buildos_worker USING (true) WITH CHECK (true);
