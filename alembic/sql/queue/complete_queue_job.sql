-- Ends a running job well. False when it is not running, or held by another lease than the one that is given.
CREATE OR REPLACE FUNCTION complete_queue_job(
    p_job_id uuid, p_result jsonb DEFAULT NULL, p_lease_token bigint DEFAULT NULL
) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_user_id uuid;
BEGIN
    UPDATE queue_jobs SET
        status = 'completed', completed_at = now(), processed_at = now(), updated_at = now(), result = p_result,
        error_message = NULL, progress = progress || '{"percent": 100}', lease_token = NULL, lease_expires_at = NULL
    WHERE id = p_job_id AND status = 'processing' AND lease_token = coalesce(p_lease_token, lease_token)
    RETURNING user_id INTO v_user_id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM announce_queue_job(v_user_id);
    RETURN true;
END $$;
