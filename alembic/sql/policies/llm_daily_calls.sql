-- A person sees how much of their day is used; count_llm_call alone counts.
ALTER TABLE llm_daily_calls ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON llm_daily_calls FROM buildos_web;
GRANT SELECT ON llm_daily_calls TO buildos_web;

DROP POLICY IF EXISTS own_rows ON llm_daily_calls;
CREATE POLICY own_rows ON llm_daily_calls FOR SELECT TO buildos_web USING (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON llm_daily_calls;
CREATE POLICY service_role ON llm_daily_calls TO buildos_worker USING (true) WITH CHECK (true);
