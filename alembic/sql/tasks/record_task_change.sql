-- Writes what an update changed into task_changes, {column: [before, after]}, with the cause that the transaction names
-- in app.cause. Bookkeeping columns are left out, and long texts say only that they changed.
CREATE OR REPLACE FUNCTION record_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_changes jsonb;
BEGIN
    SELECT jsonb_object_agg(
        key, CASE WHEN key = 'details' THEN '[null, null]' ELSE jsonb_build_array(to_jsonb(OLD) -> key, value) END
    )
    INTO v_changes
    FROM jsonb_each(to_jsonb(NEW))
    WHERE value IS DISTINCT FROM to_jsonb(OLD) -> key
        AND key NOT IN ('version', 'updated_at', 'completed_at', 'instances_until');
    IF v_changes IS NOT NULL THEN
        INSERT INTO task_changes (user_id, task_id, changes, cause)
        VALUES (NEW.user_id, NEW.id, v_changes, coalesce(current_setting('app.cause', true), ''));
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS record_change ON tasks;
CREATE TRIGGER record_change AFTER UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION record_task_change();
