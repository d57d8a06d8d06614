-- Renews the leases of jobs that still belong to these tokens. An id that does not come back is lost: stop its run.
CREATE OR REPLACE FUNCTION heartbeat_jobs(p_job_ids uuid[], p_lease_tokens bigint[], p_lease interval)
RETURNS TABLE (job_id uuid, cancel_requested boolean)
LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE queue_jobs q SET lease_expires_at = now() + p_lease, updated_at = now()
    FROM unnest(p_job_ids, p_lease_tokens) held (id, token)
    WHERE q.id = held.id AND q.lease_token = held.token
    RETURNING q.id, q.cancel_requested
$$;
