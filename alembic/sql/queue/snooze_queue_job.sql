-- Puts a running job back until a later moment; the run is not counted. False when another lease holds it.
CREATE OR REPLACE FUNCTION snooze_queue_job(p_job_id uuid, p_lease_token bigint, p_until timestamptz) RETURNS boolean
LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH snoozed AS (
        UPDATE queue_jobs SET status = 'pending', scheduled_for = p_until, started_at = NULL, updated_at = now(), worker_id = NULL
        WHERE id = p_job_id AND status = 'processing' AND lease_token = p_lease_token RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM snoozed)
$$;
