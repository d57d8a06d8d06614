-- Stores a new session under the SHA-256 of its token and clears the sessions of that person that have run out.
CREATE OR REPLACE FUNCTION open_session(
    p_user_id uuid, p_token_hash bytea, p_lifetime interval, p_user_agent text, p_address text
) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM user_sessions WHERE user_id = p_user_id AND expires_at < now();
    UPDATE users SET last_visit = now() WHERE id = p_user_id;
    INSERT INTO user_sessions (user_id, token_hash, expires_at, user_agent, address)
    VALUES (p_user_id, p_token_hash, now() + p_lifetime, left(p_user_agent, 400), left(p_address, 64))
    RETURNING id
$$;
