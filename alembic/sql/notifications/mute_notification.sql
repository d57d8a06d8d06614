-- News that its person does not want in the list is put away as it is written, whoever writes it; what they turn on
-- again begins with the next news.
CREATE OR REPLACE FUNCTION mute_notification() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM notification_preferences
        WHERE user_id = NEW.user_id AND event = NEW.event AND channel = 'list' AND NOT is_on
    ) THEN
        NEW.dismissed_at := coalesce(NEW.dismissed_at, now());
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS mute ON notifications;
CREATE TRIGGER mute BEFORE INSERT ON notifications
FOR EACH ROW EXECUTE FUNCTION mute_notification();
