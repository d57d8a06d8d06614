-- Lets the calendars follow a changed task, whoever changed it, once per transaction and when it commits: every lock on
-- tasks is taken by then, so that a sync, which locks tasks before its calendar, never waits in a circle.
-- What a sync itself writes says so by its cause, and sets off nothing.
CREATE OR REPLACE FUNCTION tell_calendar() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_user_id uuid := coalesce(NEW.user_id, OLD.user_id);
BEGIN
    IF coalesce(current_setting('app.cause', true), '') NOT LIKE 'calendar:%'
        AND coalesce(current_setting('app.calendar_told', true), '') <> v_user_id::text
    THEN
        PERFORM set_config('app.calendar_told', v_user_id::text, true);
        PERFORM want_calendar_sync(v_user_id);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS tell_calendar ON tasks;
CREATE CONSTRAINT TRIGGER tell_calendar AFTER INSERT ON tasks DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.start_date IS NOT NULL) EXECUTE FUNCTION tell_calendar();

DROP TRIGGER IF EXISTS tell_calendar_change ON tasks;
CREATE CONSTRAINT TRIGGER tell_calendar_change AFTER UPDATE ON tasks DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (
    NEW.version <> OLD.version AND (NEW.start_date IS NOT NULL OR OLD.start_date IS NOT NULL)
) EXECUTE FUNCTION tell_calendar();

DROP TRIGGER IF EXISTS tell_calendar_end ON tasks;
CREATE CONSTRAINT TRIGGER tell_calendar_end AFTER DELETE ON tasks DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.start_date IS NOT NULL) EXECUTE FUNCTION tell_calendar();

DROP TRIGGER IF EXISTS tell_calendar ON task_instances;
CREATE CONSTRAINT TRIGGER tell_calendar AFTER UPDATE ON task_instances DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION tell_calendar();
