-- What sign-in needs to check a password; no row for an unknown address.
CREATE OR REPLACE FUNCTION find_account(p_email text)
RETURNS TABLE (user_id uuid, password_hash text, access_restricted boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id, u.password_hash, u.access_restricted FROM users u WHERE u.email = lower(p_email)
$$;
