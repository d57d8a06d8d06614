-- Ends a run badly: 'retrying' with a wait of 2^attempts times the base plus at most 10 %, 'failed' when no attempt is
-- left or a retry makes no sense, 'cancelled' when that was asked for, 'fenced' when another lease holds the job.
CREATE OR REPLACE FUNCTION fail_queue_job(
    p_job_id uuid, p_error_message text, p_retry boolean DEFAULT false,
    p_lease_token bigint DEFAULT NULL, p_retry_in interval DEFAULT NULL
) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_job queue_jobs;
    v_settings queue_settings;
    v_status queue_status;
    v_wait interval;
    v_message text := left(coalesce(nullif(p_error_message, ''), 'no reason given'), 2000);
BEGIN
    SELECT * INTO v_job FROM queue_jobs
    WHERE id = p_job_id AND status = 'processing' AND lease_token = coalesce(p_lease_token, lease_token) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'fenced';
    END IF;
    SELECT * INTO v_settings FROM queue_settings WHERE job_type = v_job.job_type;
    v_status := CASE WHEN v_job.cancel_requested THEN 'cancelled'
                     WHEN p_retry AND v_job.attempts + 1 < v_job.max_attempts THEN 'retrying'
                     ELSE 'failed' END;
    v_wait := coalesce(p_retry_in, least(
        v_settings.backoff_base * power(2, least(v_job.attempts + 1, 20)), v_settings.backoff_cap
    ) * (1 + random() * 0.1));
    UPDATE queue_jobs SET
        status = v_status, attempts = attempts + 1, error_message = v_message, updated_at = now(),
        errors = errors || jsonb_build_object('at', now(), 'attempt', attempts + 1, 'error', v_message),
        scheduled_for = CASE WHEN v_status = 'retrying' THEN now() + v_wait ELSE scheduled_for END,
        started_at = CASE WHEN v_status = 'retrying' THEN NULL ELSE started_at END,
        processed_at = CASE WHEN v_status = 'retrying' THEN NULL ELSE now() END,
        completed_at = CASE WHEN v_status = 'retrying' THEN NULL ELSE now() END
    WHERE id = p_job_id;
    PERFORM announce_queue_job(v_job.user_id);
    RETURN v_status;
END $$;
