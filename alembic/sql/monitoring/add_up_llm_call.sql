-- Adds each logged call to its person's day, so that statistics and costs are read without counting calls.
CREATE OR REPLACE FUNCTION add_up_llm_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO llm_usage AS u (
        user_id, day, purpose, engine, outcome, calls, milliseconds, prompt_tokens, completion_tokens, cost_micros
    ) VALUES (
        NEW.user_id, (NEW.created_at AT TIME ZONE 'UTC')::date, NEW.purpose, NEW.engine, NEW.outcome,
        1, NEW.milliseconds, NEW.prompt_tokens, NEW.completion_tokens, NEW.cost_micros
    )
    ON CONFLICT (user_id, day, purpose, engine, outcome) DO UPDATE SET
        calls = u.calls + 1,
        milliseconds = u.milliseconds + excluded.milliseconds,
        prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,
        completion_tokens = u.completion_tokens + excluded.completion_tokens,
        cost_micros = u.cost_micros + excluded.cost_micros;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS add_up ON llm_calls;
CREATE TRIGGER add_up AFTER INSERT ON llm_calls FOR EACH ROW EXECUTE FUNCTION add_up_llm_call();
