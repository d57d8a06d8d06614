-- A successful sign-in clears what was counted under its key.
CREATE OR REPLACE FUNCTION forget_sign_in_tries(p_key bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM sign_in_tries WHERE key = p_key
$$;
