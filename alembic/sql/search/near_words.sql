-- Words of this person's own titles and texts that are spelt somewhat like the given ones; the caller weighs them.
-- It runs as its owner and filters by app_user_id() itself, for the reason of find_entries.
CREATE OR REPLACE FUNCTION near_words(p_words text[])
RETURNS TABLE (wanted text, word text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp
SET pg_trgm.similarity_threshold = 0.15
AS $$
    SELECT w.wanted, near.word
    FROM unnest(p_words) AS w (wanted)
    CROSS JOIN LATERAL (
        SELECT s.word FROM search_words s
        WHERE s.user_id = app_user_id() AND s.word % w.wanted
        GROUP BY s.word ORDER BY similarity(s.word, w.wanted) DESC, s.word LIMIT 20
    ) near
$$;
