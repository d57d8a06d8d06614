-- What a person changed on both sides.
ALTER TABLE calendar_conflicts ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON calendar_conflicts FROM buildos_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_conflicts TO buildos_web;

DROP POLICY IF EXISTS own_rows ON calendar_conflicts;
CREATE POLICY own_rows ON calendar_conflicts TO buildos_web
USING (user_id = (SELECT app_user_id())) WITH CHECK (user_id = (SELECT app_user_id()));

DROP POLICY IF EXISTS service_role ON calendar_conflicts;
CREATE POLICY service_role ON calendar_conflicts TO buildos_worker USING (true) WITH CHECK (true);
