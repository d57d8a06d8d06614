-- How many jobs of each type are in each status; groups without a job are left out.
CREATE OR REPLACE FUNCTION get_queue_stats() RETURNS TABLE (job_type text, status queue_status, count bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT j.job_type::text, j.status, count(*) FROM queue_jobs j GROUP BY 1, 2
$$;
