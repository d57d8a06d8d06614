-- How many more jobs of a type may run, at most p_wanted. Claimers of a limited type take turns, so that the limit holds;
-- running jobs are counted by their leases, so that a worker which died gives its places back. By the index and in its
-- order, because only such a scan clears away the entries of jobs that have ended.
CREATE OR REPLACE FUNCTION queue_free_slots(p_job_type text, p_wanted int) RETURNS int
LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_limit int := (SELECT max_running FROM queue_settings WHERE job_type = p_job_type);
BEGIN
    IF v_limit IS NULL THEN
        RETURN p_wanted;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('queue_free_slots'), hashtext(p_job_type));
    RETURN greatest(0, least(p_wanted, v_limit - (
        SELECT count(*) FROM queue_jobs
        WHERE status = 'processing' AND job_type = p_job_type AND lease_expires_at > now()
    )));
END $$;
