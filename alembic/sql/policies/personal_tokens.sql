-- A person sees, makes and revokes their tokens; what a token's hash is, nobody reads.
ALTER TABLE personal_tokens ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON personal_tokens FROM buildos_web;
GRANT SELECT (id, user_id, name, hint, created_at, updated_at, last_used_at, expires_at),
    INSERT (id, user_id, name, hint, token_hash, expires_at), UPDATE (name, updated_at), DELETE
ON personal_tokens TO buildos_web;

DROP POLICY IF EXISTS own_rows ON personal_tokens;
CREATE POLICY own_rows ON personal_tokens TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON personal_tokens;
CREATE POLICY service_role ON personal_tokens TO buildos_worker USING (true) WITH CHECK (true);
