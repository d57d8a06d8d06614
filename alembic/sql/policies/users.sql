-- A person sees and edits their own account, but never a password's hash, a right or somebody else.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON users FROM buildos_web;
GRANT SELECT (id, email, email_confirmed_at, name, bio, timezone, is_admin, access_restricted, completed_onboarding, last_visit, created_at, updated_at)
ON users TO buildos_web;
GRANT UPDATE (name, bio, timezone, completed_onboarding, last_visit, updated_at) ON users TO buildos_web;
GRANT SELECT (llm_daily_cap, deletion_due_at), UPDATE (llm_daily_cap, deletion_due_at) ON users TO buildos_web;
GRANT SELECT (work_start, work_end, working_days), UPDATE (work_start, work_end, working_days)
ON users TO buildos_web;

DROP POLICY IF EXISTS own_rows ON users;
CREATE POLICY own_rows ON users TO buildos_web
USING (id = (SELECT app_user_id())) WITH CHECK (id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON users;
CREATE POLICY service_role ON users TO buildos_worker USING (true) WITH CHECK (true);
