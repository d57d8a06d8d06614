-- The events of a person's tasks.
ALTER TABLE calendar_links ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_links FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_links TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_links;
CREATE POLICY own_rows ON calendar_links TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_links;
CREATE POLICY service_role ON calendar_links TO buildos_worker USING (true) WITH CHECK (true);
