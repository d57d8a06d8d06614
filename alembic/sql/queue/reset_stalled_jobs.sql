-- Takes back running jobs without a sign of life: their lease ran out, or neither start nor heartbeat is younger than
-- p_stall_timeout. Each lost run counts as an attempt. Returns how many; each id goes to the server's log.
CREATE OR REPLACE FUNCTION reset_stalled_jobs(p_stall_timeout interval DEFAULT '15 minutes') RETURNS int
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_job queue_jobs;
    v_status queue_status;
    v_count int := 0;
BEGIN
    FOR v_job IN
        SELECT * FROM queue_jobs
        WHERE status = 'processing'
          AND (lease_expires_at < now() OR greatest(started_at, updated_at) < now() - p_stall_timeout)
        FOR UPDATE SKIP LOCKED
    LOOP
        v_status := CASE WHEN v_job.cancel_requested THEN 'cancelled'
                         WHEN v_job.attempts + 1 >= v_job.max_attempts THEN 'failed'
                         ELSE 'pending' END;
        UPDATE queue_jobs SET
            status = v_status, attempts = attempts + 1, updated_at = now(), worker_id = NULL,
            started_at = CASE WHEN v_status = 'pending' THEN NULL ELSE started_at END,
            processed_at = CASE WHEN v_status = 'pending' THEN NULL ELSE now() END,
            completed_at = CASE WHEN v_status = 'pending' THEN NULL ELSE now() END,
            error_message = 'stalled: the worker was lost',
            errors = errors || jsonb_build_object(
                'at', now(), 'attempt', attempts + 1, 'error', 'stalled: the worker was lost', 'worker', worker_id
            )
        WHERE id = v_job.id;
        PERFORM announce_queue_job(v_job.user_id);
        IF v_status = 'pending' THEN
            PERFORM pg_notify('queue_jobs', v_job.job_type);
        END IF;
        RAISE LOG 'job % stalled and is % now', v_job.id, v_status;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;
