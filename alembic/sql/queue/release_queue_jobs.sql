-- Hands jobs back that a stopping worker could not finish: pending again, the run not counted; returns how many.
CREATE OR REPLACE FUNCTION release_queue_jobs(p_job_ids uuid[], p_lease_tokens bigint[]) RETURNS bigint
LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH released AS (
        UPDATE queue_jobs q SET
            status = CASE WHEN q.cancel_requested THEN 'cancelled' ELSE 'pending' END::queue_status,
            started_at = NULL, updated_at = now(), worker_id = NULL,
            completed_at = CASE WHEN q.cancel_requested THEN now() END,
            processed_at = CASE WHEN q.cancel_requested THEN now() END
        FROM unnest(p_job_ids, p_lease_tokens) held (id, token)
        WHERE q.id = held.id AND q.lease_token = held.token
        RETURNING q.job_type, announce_queue_job(q.user_id)
    ), told AS (
        SELECT pg_notify('queue_jobs', job_type) FROM (SELECT DISTINCT job_type FROM released) types
    )
    SELECT (SELECT count(*) FROM released) + 0 * (SELECT count(*) FROM told)
$$;
