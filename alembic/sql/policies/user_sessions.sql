-- A person sees where they are signed in and may end a session; the token's hash stays out of sight.
ALTER TABLE user_sessions ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON user_sessions FROM buildos_web;
GRANT SELECT (id, user_id, user_agent, address, created_at, last_seen_at, expires_at), DELETE
ON user_sessions TO buildos_web;

DROP POLICY IF EXISTS own_rows ON user_sessions;
CREATE POLICY own_rows ON user_sessions TO buildos_web USING (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON user_sessions;
CREATE POLICY service_role ON user_sessions TO buildos_worker USING (true) WITH CHECK (true);
