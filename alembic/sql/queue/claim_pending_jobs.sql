-- Takes up to p_batch_size due jobs of these types, first in line first, none twice, and holds each by a lease.
CREATE OR REPLACE FUNCTION claim_pending_jobs(
    p_job_types text[], p_batch_size int DEFAULT 5, p_worker_id uuid DEFAULT NULL, p_lease interval DEFAULT '15 minutes'
) RETURNS SETOF queue_jobs
LANGUAGE plpgsql ROWS 5 SET search_path = public, pg_temp AS $$
BEGIN
    IF coalesce(p_batch_size, 0) <= 0 THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT 1 FROM queue_jobs WHERE NOT due AND scheduled_for <= now()) THEN
        PERFORM promote_due_jobs();
    END IF;
    RETURN QUERY
        WITH first_in_line AS MATERIALIZED (
            SELECT waiting.id, waiting.order_key FROM unnest(p_job_types) types (job_type), LATERAL (
                SELECT j.id, j.order_key FROM queue_jobs j
                WHERE j.due AND j.status IN ('pending', 'retrying') AND j.job_type = types.job_type
                ORDER BY j.order_key, j.id LIMIT p_batch_size FOR UPDATE SKIP LOCKED
            ) waiting
            ORDER BY waiting.order_key, waiting.id LIMIT p_batch_size
        ), claimed AS (
            UPDATE queue_jobs q SET
                status = 'processing', started_at = now(), updated_at = now(), worker_id = p_worker_id,
                lease_token = nextval('queue_lease_seq'), lease_expires_at = now() + p_lease
            FROM first_in_line f WHERE q.id = f.id
            RETURNING q.*
        )
        SELECT * FROM claimed ORDER BY order_key, id;
END $$;
