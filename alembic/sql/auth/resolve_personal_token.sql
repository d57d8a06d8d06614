-- The person behind a personal token, and its sign of life, written at most once a minute; null when it is unknown, has
-- run out, or its person is shut out.
CREATE OR REPLACE FUNCTION resolve_personal_token(p_token_hash bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user_id uuid;
BEGIN
    SELECT t.user_id INTO v_user_id FROM personal_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.token_hash = p_token_hash AND coalesce(t.expires_at > now(), true) AND NOT u.access_restricted;
    IF v_user_id IS NOT NULL THEN
        UPDATE personal_tokens SET last_used_at = now()
        WHERE token_hash = p_token_hash AND coalesce(last_used_at < now() - interval '1 minute', true);
    END IF;
    RETURN v_user_id;
END $$;
