-- Jobs that failed within p_within, by type: how many, and up to five of their messages.
CREATE OR REPLACE FUNCTION get_failed_jobs(p_within interval DEFAULT '1 hour')
RETURNS TABLE (job_type text, count bigint, messages text[])
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT j.job_type::text, count(*), (array_agg(DISTINCT j.error_message))[1:5] FROM queue_jobs j
    WHERE j.status = 'failed' AND j.completed_at > now() - p_within GROUP BY 1
$$;
