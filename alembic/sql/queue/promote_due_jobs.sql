-- Moves jobs whose time has come into the line and announces their types; returns how many.
CREATE OR REPLACE FUNCTION promote_due_jobs(p_limit int DEFAULT 1000) RETURNS bigint
LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH ripe AS (
        SELECT id FROM queue_jobs WHERE NOT due AND scheduled_for <= now()
        ORDER BY scheduled_for LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), promoted AS (
        UPDATE queue_jobs q SET due = true FROM ripe WHERE q.id = ripe.id RETURNING q.job_type
    ), told AS (
        SELECT pg_notify('queue_jobs', job_type) FROM (SELECT DISTINCT job_type FROM promoted) types
    )
    SELECT (SELECT count(*) FROM promoted) + 0 * (SELECT count(*) FROM told)
$$;
