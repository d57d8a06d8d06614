-- Where a job stands in its type's line: its time plus a day per step of priority, behind the person's own burst.
-- The person's 10th last waiting job of that type and priority pushes it back by 10 quanta, half a day at most.
CREATE OR REPLACE FUNCTION queue_order_key(
    p_user_id uuid, p_job_type text, p_priority int, p_scheduled_for timestamptz
) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_plain timestamptz;
    v_behind_own timestamptz;
BEGIN
    SELECT p_scheduled_for + p_priority * s.priority_step, (
        SELECT j.order_key + 10 * s.fair_quantum FROM queue_jobs j
        WHERE j.user_id = p_user_id AND j.job_type = p_job_type AND j.priority = p_priority
          AND j.status IN ('pending', 'retrying')
        ORDER BY j.order_key DESC OFFSET 9 LIMIT 1
    ) INTO v_plain, v_behind_own
    FROM queue_settings s WHERE s.job_type = p_job_type;
    RETURN least(v_plain + interval '12 hours', greatest(v_plain, v_behind_own));
END $$;
