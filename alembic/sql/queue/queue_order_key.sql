-- Where a job stands in its type's line: its time plus a day per step of priority, behind the person's own burst.
-- The person's 10th last waiting job of that type and priority pushes it back by 10 quanta, half a day at most.
CREATE OR REPLACE FUNCTION queue_order_key(
    p_user_id uuid, p_job_type text, p_priority int, p_scheduled_for timestamptz
) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH base AS (
        SELECT p_scheduled_for + p_priority * s.priority_step AS plain, s.fair_quantum
        FROM queue_settings s WHERE s.job_type = p_job_type
    )
    SELECT least(plain + interval '12 hours', greatest(plain, (
        SELECT j.order_key + 10 * fair_quantum FROM queue_jobs j
        WHERE j.user_id = p_user_id AND j.job_type = p_job_type AND j.priority = p_priority
          AND j.status IN ('pending', 'retrying')
        ORDER BY j.order_key DESC OFFSET 9 LIMIT 1
    ))) FROM base
$$;
