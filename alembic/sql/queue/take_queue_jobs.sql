-- Takes up to p_batch_size due jobs of these types, first in line first, none twice, and holds each by a lease. p_limits
-- says how many at most of each type (NULL for no limit). A type with max_running gives no more than what may run beside
-- its running jobs; with p_max_priority, only urgent jobs are taken.
-- A token is drawn by lot, because a sequence may repeat itself after a crash: claims do not wait for their WAL.
-- Rows are found by their indexes: before the table is analysed, a planner left alone reads all of it for each claim.
-- Gives what a worker needs of a job and no more: whole rows made claims a fifth slower.
CREATE OR REPLACE FUNCTION take_queue_jobs(
    p_job_types text[], p_limits int[], p_batch_size int, p_worker_id uuid, p_lease interval, p_max_priority int
) RETURNS TABLE (
    id uuid, user_id uuid, job_type text, metadata jsonb, attempts int, max_attempts int, lease_token bigint
)
LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    IF coalesce(p_batch_size, 0) <= 0 THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT 1 FROM queue_jobs WHERE NOT due AND scheduled_for <= now()) THEN
        PERFORM promote_due_jobs();
    END IF;
    RETURN QUERY
        WITH types AS MATERIALIZED (
            SELECT t.job_type, queue_free_slots(t.job_type, least(t.most, p_batch_size)) AS free,
                   now() + p_max_priority * s.priority_step + interval '12 hours' AS last_urgent_key
            FROM (SELECT u.job_type, max(u.most) AS most FROM unnest(p_job_types, p_limits) u (job_type, most) GROUP BY 1 ORDER BY 1) t
            JOIN queue_settings s ON s.job_type = t.job_type
        ), first_in_line AS MATERIALIZED (
            SELECT waiting.id, waiting.order_key FROM types, LATERAL (
                SELECT j.id, j.order_key FROM queue_jobs j
                WHERE j.due AND j.status IN ('pending', 'retrying') AND j.job_type = types.job_type
                  AND (p_max_priority = 100 OR (j.priority <= p_max_priority AND j.order_key <= types.last_urgent_key))
                ORDER BY j.order_key, j.id LIMIT types.free FOR UPDATE SKIP LOCKED
            ) waiting
            ORDER BY waiting.order_key, waiting.id LIMIT p_batch_size
        ), taken AS (
            UPDATE queue_jobs q SET
                status = 'processing', started_at = now(), updated_at = now(), worker_id = p_worker_id,
                lease_token = floor(random() * 9007199254740992)::bigint, lease_expires_at = now() + p_lease
            FROM first_in_line f WHERE q.id = f.id
            RETURNING q.id, q.user_id, q.job_type, q.metadata, q.attempts, q.max_attempts, q.lease_token, q.order_key
        )
        SELECT t.id, t.user_id, t.job_type::text, t.metadata, t.attempts, t.max_attempts, t.lease_token
        FROM taken t ORDER BY t.order_key, t.id;
END $$;
