-- Takes up to p_batch_size due jobs of these types, first in line first, none twice, and holds each by a lease. A type
-- with a limit gives no more than what may run beside its running jobs; with p_max_priority, only urgent jobs are taken.
CREATE OR REPLACE FUNCTION claim_pending_jobs(
    p_job_types text[], p_batch_size int DEFAULT 5, p_worker_id uuid DEFAULT NULL, p_lease interval DEFAULT '15 minutes',
    p_max_priority int DEFAULT 100
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
        WITH types AS MATERIALIZED (
            SELECT t.job_type, queue_free_slots(t.job_type, p_batch_size) AS free,
                   now() + p_max_priority * s.priority_step + interval '12 hours' AS last_urgent_key
            FROM (SELECT DISTINCT unnest(p_job_types) AS job_type ORDER BY 1) t
            JOIN queue_settings s ON s.job_type = t.job_type
        ), first_in_line AS MATERIALIZED (
            SELECT waiting.id, waiting.order_key FROM types, LATERAL (
                SELECT j.id, j.order_key FROM queue_jobs j
                WHERE j.due AND j.status IN ('pending', 'retrying') AND j.job_type = types.job_type
                  AND (p_max_priority = 100 OR (j.priority <= p_max_priority AND j.order_key <= types.last_urgent_key))
                ORDER BY j.order_key, j.id LIMIT types.free FOR UPDATE SKIP LOCKED
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
