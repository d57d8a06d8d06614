-- Adds many jobs of one type at once, each for its person with its metadata, and announces them once. A person's burst
-- stands in line as if its jobs had been added one by one. No dedup keys. Returns the ids in no special order.
CREATE OR REPLACE FUNCTION add_queue_jobs(
    p_job_type text, p_user_ids uuid[], p_metadata jsonb[], p_priority int DEFAULT 10,
    p_scheduled_for timestamptz DEFAULT now(), p_max_attempts int DEFAULT NULL
) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_when timestamptz := coalesce(p_scheduled_for, now());
    v_settings queue_settings;
BEGIN
    SELECT * INTO v_settings FROM queue_settings WHERE job_type = p_job_type;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unknown job type %L', p_job_type);
    END IF;
    IF cardinality(p_user_ids) <> cardinality(p_metadata) THEN
        RAISE invalid_parameter_value USING MESSAGE = 'as many metadata as users are needed';
    END IF;
    RETURN QUERY
        WITH items AS (
            SELECT u.user_id, u.metadata, row_number() OVER (PARTITION BY u.user_id ORDER BY u.position) AS number
            FROM unnest(p_user_ids, p_metadata) WITH ORDINALITY u (user_id, metadata, position)
        ), first_keys AS (
            SELECT people.user_id, queue_order_key(people.user_id, p_job_type, p_priority, v_when) AS order_key
            FROM (SELECT DISTINCT i.user_id FROM items i) people
        )
        INSERT INTO queue_jobs (user_id, job_type, metadata, priority, scheduled_for, order_key, due, max_attempts)
        SELECT
            i.user_id, p_job_type, i.metadata, p_priority, v_when,
            least(
                v_when + p_priority * v_settings.priority_step + interval '12 hours',
                f.order_key + CASE WHEN i.user_id IS NULL THEN 0 ELSE greatest(i.number - 10, 0) END * v_settings.fair_quantum
            ),
            v_when <= now(), coalesce(p_max_attempts, v_settings.max_attempts)
        FROM items i JOIN first_keys f ON f.user_id IS NOT DISTINCT FROM i.user_id
        RETURNING id;
    IF v_when <= now() AND cardinality(p_user_ids) > 0 THEN
        PERFORM pg_notify('queue_jobs', p_job_type);
    END IF;
END $$;
