-- Adds many jobs of one type at once, each for its person with its metadata, and announces them once. A person's burst
-- stands in line as if its jobs had been added one by one. No dedup keys. Returns the ids in no special order.
-- What is the same for all is computed once: the type's check, and an id to count on from (RFC 9562, 6.2, method 1), because
-- both would cost more for each row than an index does.
CREATE OR REPLACE FUNCTION add_queue_jobs(
    p_job_type text, p_user_ids uuid[], p_metadata jsonb[], p_priority int DEFAULT 10,
    p_scheduled_for timestamptz DEFAULT now(), p_max_attempts int DEFAULT NULL
) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_when timestamptz := coalesce(p_scheduled_for, now());
    v_settings queue_settings;
    v_type queue_type := p_job_type;
    v_nobody uuid := '00000000-0000-0000-0000-000000000000';
    v_id text := replace(uuidv7()::text, '-', '');
    v_counter bigint := ('x' || right(v_id, 12))::bit(48)::bigint;
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
            SELECT u.user_id, u.metadata, u.position, row_number() OVER (PARTITION BY u.user_id) AS number
            FROM unnest(p_user_ids, p_metadata) WITH ORDINALITY u (user_id, metadata, position)
        ), first_keys AS MATERIALIZED (
            SELECT people.user_id, queue_order_key(people.user_id, p_job_type, p_priority, v_when) AS order_key
            FROM (SELECT DISTINCT unnest(p_user_ids) AS user_id) people
        )
        INSERT INTO queue_jobs (id, user_id, job_type, metadata, priority, scheduled_for, order_key, due, max_attempts)
        SELECT
            (left(v_id, 20) || lpad(to_hex((v_counter + i.position) & x'ffffffffffff'::bigint), 12, '0'))::uuid,
            i.user_id, v_type, i.metadata, p_priority, v_when,
            least(
                v_when + p_priority * v_settings.priority_step + interval '12 hours',
                f.order_key + CASE WHEN i.user_id IS NULL THEN 0 ELSE greatest(i.number - 10, 0) END * v_settings.fair_quantum
            ),
            v_when <= now(), coalesce(p_max_attempts, v_settings.max_attempts)
        FROM items i JOIN first_keys f ON coalesce(f.user_id, v_nobody) = coalesce(i.user_id, v_nobody)
        RETURNING id;
    IF v_when <= now() AND cardinality(p_user_ids) > 0 THEN
        PERFORM pg_notify('queue_jobs', p_job_type);
    END IF;
END $$;
