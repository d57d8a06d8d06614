-- A person sees the calls that were made for them; each is written by the model's wrapper as that person, and stays.
ALTER TABLE llm_calls ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON llm_calls FROM buildos_web;
GRANT SELECT, INSERT ON llm_calls TO buildos_web;

DROP POLICY IF EXISTS own_rows ON llm_calls;
CREATE POLICY own_rows ON llm_calls TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON llm_calls;
CREATE POLICY service_role ON llm_calls TO buildos_worker USING (true) WITH CHECK (true);
