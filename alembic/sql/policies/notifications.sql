-- A person's news: read, marked as read, put away, and written by the jobs that run as that person.
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON notifications FROM buildos_web;
GRANT SELECT, INSERT, UPDATE (read_at, dismissed_at, updated_at) ON notifications TO buildos_web;

DROP POLICY IF EXISTS own_rows ON notifications;
CREATE POLICY own_rows ON notifications TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON notifications;
CREATE POLICY service_role ON notifications TO buildos_worker USING (true) WITH CHECK (true);
