-- Stores how far a running job is, renews its lease for as long as it last was, and tells its person's tabs; false when
-- another lease holds it.
CREATE OR REPLACE FUNCTION set_job_progress(p_job_id uuid, p_lease_token bigint, p_progress jsonb) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_user_id uuid;
BEGIN
    UPDATE queue_jobs SET
        progress = p_progress, updated_at = now(),
        lease_expires_at = greatest(lease_expires_at, now() + (lease_expires_at - updated_at))
    WHERE id = p_job_id AND lease_token = p_lease_token RETURNING user_id INTO v_user_id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM announce_queue_job(v_user_id);
    RETURN true;
END $$;
