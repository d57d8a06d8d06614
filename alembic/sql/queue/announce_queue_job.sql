-- Tells a person's tabs that one of their jobs moved. Equal payloads of one transaction are one announcement.
DROP FUNCTION IF EXISTS announce_queue_job(uuid, uuid);
CREATE OR REPLACE FUNCTION announce_queue_job(p_user_id uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF p_user_id IS NOT NULL THEN
        PERFORM pg_notify('user_events', json_build_object('user_id', p_user_id)::text);
    END IF;
END $$;
