-- The words of what can be searched: written by triggers and read by near_words(), so the web role has no right to the
-- table.
ALTER TABLE search_words ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON search_words FROM buildos_web;

DROP POLICY IF EXISTS service_role ON search_words;
CREATE POLICY service_role ON search_words TO buildos_worker USING (true) WITH CHECK (true);
