-- Wakes the tabs of a person after news for them was written; the news itself is read from the table.
CREATE OR REPLACE FUNCTION announce_notification() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('user_events', json_build_object('user_id', NEW.user_id)::text);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS announce ON notifications;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON notifications
FOR EACH ROW EXECUTE FUNCTION announce_notification();
