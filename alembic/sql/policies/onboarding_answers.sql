-- A person's answers to the first questions.
ALTER TABLE onboarding_answers ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON onboarding_answers FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON onboarding_answers TO buildos_web;

DROP POLICY IF EXISTS own_rows ON onboarding_answers;
CREATE POLICY own_rows ON onboarding_answers TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON onboarding_answers;
CREATE POLICY service_role ON onboarding_answers TO buildos_worker USING (true) WITH CHECK (true);
