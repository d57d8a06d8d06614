-- The push watches of a person's calendars; the webhook comes as the service role.
ALTER TABLE calendar_channels ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_channels FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_channels TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_channels;
CREATE POLICY own_rows ON calendar_channels TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_channels;
CREATE POLICY service_role ON calendar_channels TO buildos_worker USING (true) WITH CHECK (true);
