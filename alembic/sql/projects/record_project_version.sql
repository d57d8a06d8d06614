-- Keeps what a project said before and after each change, as numbered versions, with the cause that the transaction
-- names in app.cause. The first change writes what was there before as version 1. Of a long history the first version
-- and the newest 50 stay.
CREATE OR REPLACE FUNCTION record_project_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_kept text[] := ARRAY['name', 'description', 'context', 'executive_summary', 'status', 'tags', 'start_date', 'end_date'];
    v_old jsonb;
    v_new jsonb;
    v_version int;
BEGIN
    SELECT jsonb_object_agg(key, value) INTO v_old FROM jsonb_each(to_jsonb(OLD)) WHERE key = ANY (v_kept);
    SELECT jsonb_object_agg(key, value) INTO v_new FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (v_kept);
    IF v_old = v_new THEN
        RETURN NULL;
    END IF;
    SELECT max(version) INTO v_version FROM project_versions WHERE project_id = NEW.id;
    IF v_version IS NULL THEN
        v_version := 1;
        INSERT INTO project_versions (user_id, project_id, version, data, created_at, cause)
        VALUES (
            NEW.user_id, NEW.id, 1, v_old, OLD.created_at,
            coalesce('brain_dump:' || (OLD.source_metadata ->> 'brain_dump_id'), '')
        );
    END IF;
    INSERT INTO project_versions (user_id, project_id, version, data, cause)
    VALUES (NEW.user_id, NEW.id, v_version + 1, v_new, coalesce(current_setting('app.cause', true), ''));
    DELETE FROM project_versions WHERE project_id = NEW.id AND version > 1 AND version <= v_version - 49;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS record_version ON projects;
CREATE TRIGGER record_version AFTER UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION record_project_version();
