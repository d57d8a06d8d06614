-- Counts one more reason to sync the calendars of a person, or one of them, and adds the job of each, in the caller's
-- transaction. A job that runs already sees the count when it ends, and runs once more: buildos_app/calendar/jobs.py.
CREATE OR REPLACE FUNCTION want_calendar_sync(p_user_id uuid, p_calendar_id uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM calendar_connections WHERE user_id = p_user_id AND status = 'connected') THEN
        RETURN;
    END IF;
    FOR v_id IN
        SELECT id FROM calendars
        WHERE user_id = p_user_id AND is_chosen AND (p_calendar_id IS NULL OR id = p_calendar_id)
        ORDER BY id FOR UPDATE
    LOOP
        UPDATE calendars SET wanted = wanted + 1 WHERE id = v_id;
        PERFORM add_queue_job(
            p_user_id, 'sync_calendar', jsonb_build_object('calendar_id', v_id), 5, now(), v_id::text
        );
    END LOOP;
END $$;
