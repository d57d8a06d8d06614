-- Uses the link of a confirmation, of an account's own address or of one that it moves to. 'confirmed', also when the same
-- link is used again; 'taken' when another account has the address by now; 'invalid' for everything else.
CREATE OR REPLACE FUNCTION confirm_address(p_token_hash bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_token account_tokens;
BEGIN
    SELECT * INTO v_token FROM account_tokens
    WHERE token_hash = p_token_hash AND purpose IN ('confirm_address', 'confirm_change') AND expires_at > now()
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'invalid';
    END IF;
    IF v_token.used_at IS NOT NULL OR v_token.purpose = 'confirm_address' THEN
        UPDATE users SET email_confirmed_at = coalesce(email_confirmed_at, now())
        WHERE id = v_token.user_id AND email = v_token.email;
        IF NOT FOUND THEN
            RETURN 'invalid';
        END IF;
    ELSE
        UPDATE users SET email = v_token.email, email_confirmed_at = now(), updated_at = now() WHERE id = v_token.user_id;
    END IF;
    UPDATE account_tokens SET used_at = now() WHERE id = v_token.id;
    RETURN 'confirmed';
EXCEPTION WHEN unique_violation THEN
    RETURN 'taken';
END $$;
