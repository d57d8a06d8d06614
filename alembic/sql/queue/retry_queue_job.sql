-- Adds a failed or cancelled job again, as a new job with the same payload; the old row stays as it was.
CREATE OR REPLACE FUNCTION retry_queue_job(p_job_id uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_job queue_jobs;
BEGIN
    SELECT * INTO v_job FROM queue_jobs WHERE id = p_job_id;
    IF NOT FOUND OR NOT queue_caller_may(v_job.user_id) THEN
        RAISE no_data_found USING MESSAGE = 'no such job';
    END IF;
    IF v_job.status NOT IN ('failed', 'cancelled') THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('a job that is %s cannot be retried', v_job.status);
    END IF;
    RETURN add_queue_job(
        v_job.user_id, v_job.job_type, v_job.metadata, v_job.priority, now(), v_job.dedup_key, v_job.max_attempts
    );
END $$;
