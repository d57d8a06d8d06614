-- The claim of the design: whole rows. Our worker calls take_queue_jobs, which does the work.
CREATE OR REPLACE FUNCTION claim_pending_jobs(
    p_job_types text[], p_batch_size int DEFAULT 5, p_worker_id uuid DEFAULT NULL, p_lease interval DEFAULT '15 minutes',
    p_max_priority int DEFAULT 100
) RETURNS SETOF queue_jobs
LANGUAGE plpgsql ROWS 5 SET search_path = public, pg_temp AS $$
DECLARE
    v_taken uuid[] := ARRAY(
        SELECT id FROM take_queue_jobs(p_job_types, NULL, p_batch_size, p_worker_id, p_lease, p_max_priority)
    );
BEGIN
    RETURN QUERY
        SELECT q.* FROM unnest(v_taken) WITH ORDINALITY t (id, position) JOIN queue_jobs q ON q.id = t.id ORDER BY t.position;
END $$;
