-- Adds a failed or cancelled job again, as a new job with the same payload; the old row stays as it was.
CREATE OR REPLACE FUNCTION retry_queue_job(p_job_id uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_job queue_jobs;
    v_new_id uuid;
BEGIN
    SELECT * INTO v_job FROM queue_jobs WHERE id = p_job_id;
    IF NOT FOUND OR NOT queue_caller_may(v_job.user_id) THEN
        RAISE no_data_found USING MESSAGE = 'no such job';
    END IF;
    IF v_job.status NOT IN ('failed', 'cancelled') THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('a job that is %s cannot be retried', v_job.status);
    END IF;
    v_new_id := add_queue_job(
        v_job.user_id, v_job.job_type, v_job.metadata, v_job.priority, now(), v_job.dedup_key, v_job.max_attempts
    );
    INSERT INTO queue_retries (job_id, new_job_id) VALUES (p_job_id, v_new_id)
    ON CONFLICT (job_id) DO UPDATE SET new_job_id = excluded.new_job_id, at = now();
    RETURN v_new_id;
END $$;
