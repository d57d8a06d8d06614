-- Only the functions of auth/ read and use tokens; the web role has no right to the table.
ALTER TABLE account_tokens ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON account_tokens FROM buildos_web;

DROP POLICY IF EXISTS service_role ON account_tokens;
CREATE POLICY service_role ON account_tokens TO buildos_worker USING (true) WITH CHECK (true);
