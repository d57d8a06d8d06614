-- The service role writes its uses here and reads them for the administrator; nobody changes them.
ALTER TABLE audit_trail ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON audit_trail FROM buildos_web, buildos_worker;
GRANT SELECT, INSERT ON audit_trail TO buildos_worker;

DROP POLICY IF EXISTS service_role ON audit_trail;
CREATE POLICY service_role ON audit_trail TO buildos_worker USING (true) WITH CHECK (true);
