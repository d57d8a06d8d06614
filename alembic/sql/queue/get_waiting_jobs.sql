-- Jobs that have been due for longer than p_longer_than, by type: how many, and since when the oldest.
CREATE OR REPLACE FUNCTION get_waiting_jobs(p_longer_than interval DEFAULT '1 hour')
RETURNS TABLE (job_type text, count bigint, oldest timestamptz)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT j.job_type::text, count(*), min(j.scheduled_for) FROM queue_jobs j
    WHERE j.status IN ('pending', 'retrying') AND j.scheduled_for < now() - p_longer_than GROUP BY 1
$$;
