-- Average seconds from the start to the end of the jobs that completed within p_within, by type.
CREATE OR REPLACE FUNCTION get_job_durations(p_within interval DEFAULT '24 hours')
RETURNS TABLE (job_type text, count bigint, seconds double precision)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT j.job_type::text, count(*), avg(extract(epoch FROM j.completed_at - j.started_at))::double precision
    FROM queue_jobs j WHERE j.status = 'completed' AND j.completed_at > now() - p_within GROUP BY 1
$$;
