-- Ends many running jobs well, each by its lease token, and tells each person's tabs once. p_results is NULL where no job
-- has a result. Returns the ids of those that another lease holds by now. The token alone decides: it is gone with the lease.
-- Rows are found one by one: before the table is analysed, a planner left alone reads all of it for each batch.
CREATE OR REPLACE FUNCTION complete_queue_jobs(
    p_job_ids uuid[], p_lease_tokens bigint[], p_results jsonb[] DEFAULT NULL
) RETURNS SETOF uuid
LANGUAGE plpgsql ROWS 1 SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
        WITH ended AS MATERIALIZED (
            SELECT e.id, e.token, p_results[e.position] AS result
            FROM unnest(p_job_ids, p_lease_tokens) WITH ORDINALITY e (id, token, position)
        ), completed AS (
            UPDATE queue_jobs q SET
                status = 'completed', completed_at = now(), processed_at = now(), updated_at = now(), result = ended.result,
                error_message = NULL, progress = progress || '{"percent": 100}', lease_token = NULL, lease_expires_at = NULL
            FROM ended WHERE q.id = ended.id AND q.lease_token = ended.token
            RETURNING q.id, q.user_id
        ), told AS MATERIALIZED (
            SELECT announce_queue_job(people.user_id) FROM (SELECT DISTINCT user_id FROM completed) people
        )
        SELECT ended.id FROM ended
        WHERE ended.id NOT IN (SELECT completed.id FROM completed) AND (SELECT count(*) FROM told) >= 0;
END $$;
