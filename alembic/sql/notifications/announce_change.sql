-- Wakes the tabs of a person after something of theirs that pages show was made, changed or deleted, and says in which
-- table, so that they read nothing else. PostgreSQL sends equal announcements of one transaction once.
CREATE OR REPLACE FUNCTION announce_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(
        'user_events', json_build_object('user_id', coalesce(NEW.user_id, OLD.user_id), 'table', TG_TABLE_NAME)::text
    );
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS announce ON projects;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON projects
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON tasks;
CREATE TRIGGER announce AFTER INSERT OR DELETE ON tasks
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce_update ON tasks;
CREATE TRIGGER announce_update AFTER UPDATE ON tasks
FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON task_instances;
CREATE TRIGGER announce AFTER UPDATE ON task_instances
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON notes;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON notes
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON phases;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON phases
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON sms_messages;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sms_messages
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON sms_phones;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sms_phones
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON phase_tasks;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON phase_tasks
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON phase_proposals;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON phase_proposals
FOR EACH ROW EXECUTE FUNCTION announce_change();

DROP TRIGGER IF EXISTS announce ON onboarding_findings;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON onboarding_findings
FOR EACH ROW EXECUTE FUNCTION announce_change();
