-- Gives this transaction's person a new password and ends every session of theirs but the one that asked; how many ended.
CREATE OR REPLACE FUNCTION change_password(p_password_hash text, p_keep bytea) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE users SET password_hash = p_password_hash, updated_at = now() WHERE id = app_user_id();
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'nobody is signed in';
    END IF;
    RETURN end_sessions(app_user_id(), NULL, p_keep);
END $$;
