-- Makes an account and returns its id, or null when the address has one already.
CREATE OR REPLACE FUNCTION sign_up(p_email text, p_password_hash text, p_name text, p_timezone text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO users (email, password_hash, name, timezone)
    VALUES (lower(p_email), p_password_hash, p_name, p_timezone)
    ON CONFLICT (email) DO NOTHING
    RETURNING id
$$;
