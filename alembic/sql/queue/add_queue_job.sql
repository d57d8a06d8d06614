-- Adds a job in the caller's transaction, or returns the id of the live one with the same person, type and dedup key.
-- p_on_conflict: 'return' leaves the live job as it is, 'replace' gives a waiting one the new metadata and time,
-- 'after_running' lets a running one finish without the key and adds one job behind it.
CREATE OR REPLACE FUNCTION add_queue_job(
    p_user_id uuid, p_job_type text, p_metadata jsonb, p_priority int DEFAULT 10,
    p_scheduled_for timestamptz DEFAULT now(), p_dedup_key text DEFAULT NULL,
    p_max_attempts int DEFAULT NULL, p_on_conflict text DEFAULT 'return'
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_id uuid;
    v_when timestamptz := coalesce(p_scheduled_for, now());
    v_settings queue_settings;
BEGIN
    IF NOT queue_caller_may(p_user_id) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a job can be added for oneself only';
    END IF;
    SELECT * INTO v_settings FROM queue_settings WHERE job_type = p_job_type;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unknown job type %L', p_job_type);
    END IF;
    IF p_metadata IS NULL OR jsonb_typeof(p_metadata) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'metadata must be a JSON object';
    END IF;
    IF p_priority IS NULL OR p_priority NOT BETWEEN 1 AND 100 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'priority must be between 1 and 100';
    END IF;
    IF p_on_conflict NOT IN ('return', 'replace', 'after_running') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unknown conflict mode %L', p_on_conflict);
    END IF;
    LOOP
        INSERT INTO queue_jobs (user_id, job_type, metadata, priority, scheduled_for, order_key, due, dedup_key, max_attempts)
        VALUES (
            p_user_id, p_job_type, p_metadata, p_priority, v_when,
            queue_order_key(p_user_id, p_job_type, p_priority, v_when), v_when <= now(), p_dedup_key,
            coalesce(p_max_attempts, v_settings.max_attempts)
        )
        ON CONFLICT (user_id, job_type, dedup_key)
            WHERE dedup_key IS NOT NULL AND status IN ('pending', 'processing', 'retrying') DO NOTHING
        RETURNING id INTO v_id;
        EXIT WHEN v_id IS NOT NULL;

        IF p_on_conflict = 'replace' THEN
            UPDATE queue_jobs SET metadata = p_metadata, scheduled_for = v_when, updated_at = now()
            WHERE user_id IS NOT DISTINCT FROM p_user_id AND job_type = p_job_type AND dedup_key = p_dedup_key
              AND status IN ('pending', 'retrying')
            RETURNING id INTO v_id;
            EXIT WHEN v_id IS NOT NULL;
        END IF;
        IF p_on_conflict IN ('replace', 'after_running') THEN
            UPDATE queue_jobs SET dedup_key = NULL
            WHERE user_id IS NOT DISTINCT FROM p_user_id AND job_type = p_job_type AND dedup_key = p_dedup_key
              AND status = 'processing';
            CONTINUE WHEN FOUND;
        END IF;
        SELECT id INTO v_id FROM queue_jobs
        WHERE user_id IS NOT DISTINCT FROM p_user_id AND job_type = p_job_type AND dedup_key = p_dedup_key
          AND status IN ('pending', 'processing', 'retrying');
        IF v_id IS NOT NULL THEN
            RETURN v_id;
        END IF;
    END LOOP;
    IF v_when <= now() THEN
        PERFORM pg_notify('queue_jobs', p_job_type);
    END IF;
    PERFORM announce_queue_job(p_user_id);
    RETURN v_id;
END $$;
