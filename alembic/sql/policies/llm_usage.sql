-- A person sees what their calls add up to; a trigger on llm_calls writes it.
ALTER TABLE llm_usage ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON llm_usage FROM buildos_web;
GRANT SELECT ON llm_usage TO buildos_web;

DROP POLICY IF EXISTS own_rows ON llm_usage;
CREATE POLICY own_rows ON llm_usage FOR SELECT TO buildos_web USING (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON llm_usage;
CREATE POLICY service_role ON llm_usage TO buildos_worker USING (true) WITH CHECK (true);
