-- Ends one session of a person, or all of them but one (by its token's hash), and tells every web process; how many.
-- A person for themselves, the service role for anybody.
CREATE OR REPLACE FUNCTION end_sessions(
    p_user_id uuid, p_session_id uuid DEFAULT NULL, p_but bytea DEFAULT NULL
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count int;
BEGIN
    IF NOT queue_caller_may(p_user_id) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not your sessions';
    END IF;
    WITH gone AS (
        DELETE FROM user_sessions s
        WHERE s.user_id = p_user_id AND (p_session_id IS NULL OR s.id = p_session_id)
          AND (p_but IS NULL OR s.token_hash <> p_but)
        RETURNING s.token_hash
    ), told AS MATERIALIZED (
        SELECT pg_notify('session_closed', encode(token_hash, 'hex')) FROM gone
    )
    SELECT count(*) INTO v_count FROM told;
    RETURN v_count;
END $$;
