-- What can be searched: written by triggers and read by find_entries(), so the web role has no right to the table.
ALTER TABLE search_entries ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON search_entries FROM buildos_web;

DROP POLICY IF EXISTS service_role ON search_entries;
CREATE POLICY service_role ON search_entries TO buildos_worker USING (true) WITH CHECK (true);
