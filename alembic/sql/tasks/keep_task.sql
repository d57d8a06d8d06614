-- Keeps what no entry point may get wrong: completed_at goes with the status, and version counts the changes that a
-- person can see. Making dates of a repetition ahead of time (instances_until) is none.
CREATE OR REPLACE FUNCTION keep_task() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'done' THEN
        NEW.completed_at := coalesce(NEW.completed_at, now());
    ELSE
        NEW.completed_at := NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'instances_until' - 'updated_at' IS DISTINCT FROM
        to_jsonb(OLD) - 'instances_until' - 'updated_at'
    THEN
        NEW.version := OLD.version + 1;
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS keep ON tasks;
CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION keep_task();
