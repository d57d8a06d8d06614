-- A person's proposals.
ALTER TABLE phase_proposals ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON phase_proposals FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON phase_proposals TO buildos_web;

DROP POLICY IF EXISTS own_rows ON phase_proposals;
CREATE POLICY own_rows ON phase_proposals TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON phase_proposals;
CREATE POLICY service_role ON phase_proposals TO buildos_worker USING (true) WITH CHECK (true);
