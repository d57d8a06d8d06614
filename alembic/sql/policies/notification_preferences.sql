-- What a person wants to be told: their own choices.
ALTER TABLE notification_preferences ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON notification_preferences FROM buildos_web;
GRANT SELECT, INSERT, DELETE, UPDATE (is_on, updated_at) ON notification_preferences TO buildos_web;

DROP POLICY IF EXISTS own_rows ON notification_preferences;
CREATE POLICY own_rows ON notification_preferences TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON notification_preferences;
CREATE POLICY service_role ON notification_preferences TO buildos_worker USING (true) WITH CHECK (true);
