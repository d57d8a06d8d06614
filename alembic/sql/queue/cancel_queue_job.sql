-- Cancels a waiting job at once ('cancelled') or asks for the end of a running one ('requested'); a job that has ended
-- stays as it is and its status is returned.
CREATE OR REPLACE FUNCTION cancel_queue_job(p_job_id uuid, p_reason text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_job queue_jobs;
BEGIN
    SELECT * INTO v_job FROM queue_jobs WHERE id = p_job_id FOR UPDATE;
    IF NOT FOUND OR NOT queue_caller_may(v_job.user_id) THEN
        RAISE no_data_found USING MESSAGE = 'no such job';
    END IF;
    IF v_job.status IN ('pending', 'retrying') THEN
        UPDATE queue_jobs SET
            status = 'cancelled', completed_at = now(), processed_at = now(), updated_at = now(),
            error_message = coalesce(left(p_reason, 2000), error_message)
        WHERE id = p_job_id;
        PERFORM announce_queue_job(v_job.user_id);
        RETURN 'cancelled';
    END IF;
    IF v_job.status = 'processing' THEN
        UPDATE queue_jobs SET cancel_requested = true, error_message = coalesce(left(p_reason, 2000), error_message)
        WHERE id = p_job_id;
        PERFORM pg_notify('queue_cancel', p_job_id::text);
        PERFORM announce_queue_job(v_job.user_id);
        RETURN 'requested';
    END IF;
    RETURN v_job.status;
END $$;
