-- Counts one call against the day (UTC) of this transaction's person; false when the day is used up. One statement under
-- the row's lock: fifty tabs at once never get one call too many. A cap that the person chose counts when it is lower.
CREATE OR REPLACE FUNCTION count_llm_call(p_cap int) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH cap AS (
        SELECT u.id, least(p_cap, u.llm_daily_cap) AS most FROM users u WHERE u.id = app_user_id()
    ), counted AS (
        INSERT INTO llm_daily_calls AS d (user_id, day, calls)
        SELECT id, (now() AT TIME ZONE 'UTC')::date, 1 FROM cap WHERE most > 0
        ON CONFLICT (user_id, day) DO UPDATE SET calls = d.calls + 1 WHERE d.calls < (SELECT most FROM cap)
        RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM counted)
$$;
