-- Can a link of this kind still be used?
CREATE OR REPLACE FUNCTION is_account_token(p_token_hash bytea, p_purpose text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM account_tokens
        WHERE token_hash = p_token_hash AND purpose = p_purpose AND used_at IS NULL AND expires_at > now()
    )
$$;
