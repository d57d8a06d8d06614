-- No task waits for itself, however long the way round. The person's lock makes two transactions that would each close
-- half of a circle wait for each other; the one that comes second sees the first one's row.
CREATE OR REPLACE FUNCTION refuse_circle() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('task_dependencies' || NEW.user_id::text, 0));
    IF EXISTS (
        WITH RECURSIVE needed AS (
            SELECT NEW.needs_id AS id
            UNION
            SELECT d.needs_id FROM task_dependencies d JOIN needed n ON d.task_id = n.id
        )
        SELECT FROM needed WHERE id = NEW.task_id
    ) THEN
        RAISE EXCEPTION 'a task cannot wait for itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'no_circle';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS no_circle ON task_dependencies;
CREATE TRIGGER no_circle BEFORE INSERT OR UPDATE ON task_dependencies
FOR EACH ROW EXECUTE FUNCTION refuse_circle();
