-- Only the functions of auth/ count tries; the web role has no right to the table.
ALTER TABLE sign_in_tries ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON sign_in_tries FROM buildos_web, buildos_worker;

DROP POLICY IF EXISTS service_role ON sign_in_tries;
CREATE POLICY service_role ON sign_in_tries TO buildos_worker USING (true) WITH CHECK (true);
