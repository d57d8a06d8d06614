-- Keeps a row's entry in search_entries: its title, and the words of its title (A) and of its text (B). The argument
-- names the kind. A task that is deleted or outdated has none. Its words go into search_words too, by which mistyped
-- ones are understood.
CREATE OR REPLACE FUNCTION index_for_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_kind text := TG_ARGV[0];
    v_title text;
    v_text text;
    v_words tsvector;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_entries WHERE kind = v_kind AND row_id = OLD.id;
        RETURN NULL;
    END IF;
    IF v_kind = 'project' THEN
        v_title := NEW.name;
        v_text := concat_ws(' ', NEW.description, NEW.context);
    ELSIF v_kind = 'task' THEN
        IF NEW.deleted_at IS NOT NULL OR NEW.outdated THEN
            DELETE FROM search_entries WHERE kind = v_kind AND row_id = NEW.id;
            RETURN NULL;
        END IF;
        v_title := NEW.title;
        v_text := concat_ws(' ', NEW.description, NEW.details);
    ELSE
        v_title := coalesce(nullif(NEW.title, ''), left(NEW.content, 80));
        v_text := NEW.content;
    END IF;
    v_words := setweight(to_tsvector('simple', v_title), 'A')
        || setweight(to_tsvector('simple', left(v_text, 100000)), 'B');
    INSERT INTO search_entries AS e (kind, row_id, user_id, title, words, changed_at)
    VALUES (v_kind, NEW.id, NEW.user_id, v_title, v_words, now())
    ON CONFLICT (kind, row_id) DO UPDATE
    SET title = excluded.title, words = excluded.words, changed_at = excluded.changed_at;
    INSERT INTO search_words (user_id, word)
    SELECT NEW.user_id, w.lexeme FROM unnest(v_words) w
    WHERE w.lexeme ~ '^[[:alpha:]]{4,30}$'
        AND NOT EXISTS (SELECT FROM search_words s WHERE s.user_id = NEW.user_id AND s.word = w.lexeme);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS index_for_search ON projects;
CREATE TRIGGER index_for_search AFTER INSERT OR DELETE OR UPDATE OF name, description, context ON projects
FOR EACH ROW EXECUTE FUNCTION index_for_search('project');

DROP TRIGGER IF EXISTS index_for_search ON tasks;
CREATE TRIGGER index_for_search AFTER INSERT OR DELETE OR UPDATE OF title, description, details, deleted_at, outdated
ON tasks FOR EACH ROW EXECUTE FUNCTION index_for_search('task');

DROP TRIGGER IF EXISTS index_for_search ON notes;
CREATE TRIGGER index_for_search AFTER INSERT OR DELETE OR UPDATE OF title, content ON notes
FOR EACH ROW EXECUTE FUNCTION index_for_search('note');

DROP TRIGGER IF EXISTS index_for_search ON brain_dumps;
CREATE TRIGGER index_for_search AFTER INSERT OR DELETE OR UPDATE OF title, content ON brain_dumps
FOR EACH ROW EXECUTE FUNCTION index_for_search('dump');
