-- The person behind a session, and the sign of life of that session, written at most once a minute.
-- No row when it is unknown, has run out, was idle for longer than p_idle, or its person is shut out.
CREATE OR REPLACE FUNCTION resolve_session(p_token_hash bytea, p_idle interval)
RETURNS TABLE (user_id uuid, session_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE user_sessions s SET last_seen_at = now()
    WHERE s.token_hash = p_token_hash AND s.last_seen_at BETWEEN now() - p_idle AND now() - interval '1 minute';
    IF FOUND THEN  -- a visit, which keeps briefs coming (behaviour.md 3.3)
        UPDATE users u SET last_visit = now() FROM user_sessions s
        WHERE s.token_hash = p_token_hash AND u.id = s.user_id AND u.last_visit < now() - interval '10 minutes';
    END IF;
    RETURN QUERY
        SELECT s.user_id, s.id FROM user_sessions s JOIN users u ON u.id = s.user_id
        WHERE s.token_hash = p_token_hash AND s.expires_at > now() AND s.last_seen_at > now() - p_idle
          AND NOT u.access_restricted;
END $$;
