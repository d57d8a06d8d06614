-- Ends a session for good and tells every web process, which may have it in memory.
CREATE OR REPLACE FUNCTION close_session(p_token_hash bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM user_sessions WHERE token_hash = p_token_hash RETURNING 1),
         told AS (SELECT pg_notify('session_closed', encode(p_token_hash, 'hex')) FROM gone)
    SELECT EXISTS (SELECT 1 FROM told)
$$;
