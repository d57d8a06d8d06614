-- A person's own feed; its address is checked as the service role.
ALTER TABLE calendar_feeds ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_feeds FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feeds TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_feeds;
CREATE POLICY own_rows ON calendar_feeds TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_feeds;
CREATE POLICY service_role ON calendar_feeds TO buildos_worker USING (true) WITH CHECK (true);
