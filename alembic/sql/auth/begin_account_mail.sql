-- Writes down a mail about an account, the hash of the token in its link, and the job that sends it. A reset is for whoever
-- has the address, the other kinds are for the person of the transaction. False when there is nobody, or when p_most_per_hour
-- such mails were asked for in the last hour. Older links of the same kind stop working.
CREATE OR REPLACE FUNCTION begin_account_mail(
    p_kind text, p_address text, p_email_id uuid, p_message_id text, p_token_hash bytea, p_lifetime interval,
    p_most_per_hour int
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_caller text := current_setting('app.user_id', true);
    v_user users;
    v_to text;
BEGIN
    IF p_kind = 'reset_password' THEN
        SELECT * INTO v_user FROM users WHERE email = lower(p_address) AND NOT access_restricted;
    ELSIF p_kind IN ('confirm_address', 'confirm_change') THEN
        SELECT * INTO v_user FROM users WHERE id = app_user_id();
    END IF;
    IF v_user.id IS NULL THEN
        RETURN false;
    END IF;
    v_to := CASE p_kind WHEN 'confirm_change' THEN lower(p_address) ELSE v_user.email END;
    PERFORM pg_advisory_xact_lock(hashtextextended('account_mail ' || v_user.id, 0));
    IF (SELECT count(*) FROM emails
        WHERE user_id = v_user.id AND kind = p_kind AND created_at > now() - interval '1 hour') >= p_most_per_hour THEN
        RETURN false;
    END IF;
    DELETE FROM account_tokens WHERE user_id = v_user.id AND purpose = p_kind;
    INSERT INTO account_tokens (user_id, purpose, token_hash, email, expires_at)
    VALUES (v_user.id, p_kind, p_token_hash, v_to, now() + p_lifetime);
    INSERT INTO emails (id, user_id, kind, recipient, message_id) VALUES (p_email_id, v_user.id, p_kind, v_to, p_message_id);
    PERFORM set_config('app.user_id', v_user.id::text, true);
    PERFORM add_queue_job(
        v_user.id, 'generate_brief_email', jsonb_build_object('email_id', p_email_id), 5, now(), 'email-' || p_email_id
    );
    PERFORM set_config('app.user_id', coalesce(v_caller, ''), true);
    RETURN true;
END $$;
