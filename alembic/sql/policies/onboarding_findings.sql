-- A person's suggestions from those answers.
ALTER TABLE onboarding_findings ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON onboarding_findings FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON onboarding_findings TO buildos_web;

DROP POLICY IF EXISTS own_rows ON onboarding_findings;
CREATE POLICY own_rows ON onboarding_findings TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON onboarding_findings;
CREATE POLICY service_role ON onboarding_findings TO buildos_worker USING (true) WITH CHECK (true);
