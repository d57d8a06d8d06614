-- Counts one try under a key and returns how many seconds the caller must wait; 0 when the try is allowed.
-- Windows are a day at most. A try that must wait is not counted, so that nobody is locked out by being attacked for ever.
CREATE OR REPLACE FUNCTION count_sign_in_try(p_key bytea, p_limit int, p_window interval) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_free_at timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(encode(p_key, 'hex'), 0));
    DELETE FROM sign_in_tries WHERE tried_at < now() - interval '1 day';
    SELECT tried_at + p_window INTO v_free_at FROM sign_in_tries
    WHERE key = p_key AND tried_at > now() - p_window ORDER BY tried_at DESC OFFSET p_limit - 1 LIMIT 1;
    IF v_free_at IS NOT NULL THEN
        RETURN greatest(1, ceil(extract(epoch FROM v_free_at - now())));
    END IF;
    INSERT INTO sign_in_tries (key) VALUES (p_key);
    RETURN 0;
END $$;
