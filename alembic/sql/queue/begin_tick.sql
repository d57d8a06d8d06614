-- Begins a periodic duty's tick of now, at most once for ever: NULL when it was begun before. A duty begins its tick in the
-- transaction that does the work, so that a tick is done or free again. Time is the database's: no worker's clock matters.
CREATE OR REPLACE FUNCTION begin_tick(p_name text, p_every interval) RETURNS timestamptz
LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO queue_ticks AS t (name, tick) VALUES (p_name, date_bin(p_every, now(), '2000-01-03 00:00+00'))
    ON CONFLICT (name) DO UPDATE SET tick = excluded.tick WHERE t.tick < excluded.tick
    RETURNING tick
$$;
