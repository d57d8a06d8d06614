-- A person sees their own jobs. They are added, cancelled and retried by functions only.
ALTER TABLE queue_jobs ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON queue_jobs FROM buildos_web;
GRANT SELECT ON queue_jobs TO buildos_web;

DROP POLICY IF EXISTS own_rows ON queue_jobs;
CREATE POLICY own_rows ON queue_jobs FOR SELECT TO buildos_web USING (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON queue_jobs;
CREATE POLICY service_role ON queue_jobs TO buildos_worker USING (true) WITH CHECK (true);
