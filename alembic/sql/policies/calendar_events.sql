-- A copy of a person's events.
ALTER TABLE calendar_events ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_events FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_events TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_events;
CREATE POLICY own_rows ON calendar_events TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_events;
CREATE POLICY service_role ON calendar_events TO buildos_worker USING (true) WITH CHECK (true);
