-- As get_queue_stats, of the jobs that have not ended: read from the partial indexes, whatever the history's size.
CREATE OR REPLACE FUNCTION get_live_queue_stats() RETURNS TABLE (job_type text, status queue_status, count bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT live.job_type::text, live.status, sum(live.count)::bigint FROM (
        SELECT j.job_type, j.status, count(*) FROM queue_jobs j
        WHERE j.due AND j.status IN ('pending', 'retrying') GROUP BY 1, 2
        UNION ALL
        SELECT j.job_type, j.status, count(*) FROM queue_jobs j WHERE NOT j.due GROUP BY 1, 2
        UNION ALL
        SELECT j.job_type, j.status, count(*) FROM queue_jobs j WHERE j.status = 'processing' GROUP BY 1, 2
    ) live GROUP BY 1, 2
$$;
