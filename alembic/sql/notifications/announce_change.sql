-- Wakes the tabs of a person after one of their projects was made, renamed, moved or deleted.
CREATE OR REPLACE FUNCTION announce_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('user_events', json_build_object('user_id', coalesce(NEW.user_id, OLD.user_id))::text);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS announce ON projects;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON projects
FOR EACH ROW EXECUTE FUNCTION announce_change();
