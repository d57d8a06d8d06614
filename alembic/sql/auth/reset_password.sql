-- Uses the link of a reset, once: the new password holds, the address counts as confirmed because the link came there, and
-- every session of the person ends, which every web process is told.
CREATE OR REPLACE FUNCTION reset_password(p_token_hash bytea, p_password_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user_id uuid;
BEGIN
    UPDATE account_tokens SET used_at = now()
    WHERE token_hash = p_token_hash AND purpose = 'reset_password' AND used_at IS NULL AND expires_at > now()
    RETURNING user_id INTO v_user_id;
    IF v_user_id IS NULL THEN
        RETURN false;
    END IF;
    UPDATE users SET
        password_hash = p_password_hash, email_confirmed_at = coalesce(email_confirmed_at, now()), updated_at = now()
    WHERE id = v_user_id;
    PERFORM pg_notify('session_closed', encode(token_hash, 'hex')) FROM user_sessions WHERE user_id = v_user_id;
    DELETE FROM user_sessions WHERE user_id = v_user_id;
    RETURN true;
END $$;
