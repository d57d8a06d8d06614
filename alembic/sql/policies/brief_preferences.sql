-- When a person wants briefs.
ALTER TABLE brief_preferences ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON brief_preferences FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON brief_preferences TO buildos_web;

DROP POLICY IF EXISTS own_rows ON brief_preferences;
CREATE POLICY own_rows ON brief_preferences TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON brief_preferences;
CREATE POLICY service_role ON brief_preferences TO buildos_worker USING (true) WITH CHECK (true);
