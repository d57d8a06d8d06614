-- The kinds and ids of what fits, the best first, of the person of this transaction and of nobody else.
-- p_prefixes is a tsquery of word beginnings ('gard:* & timb:*'), p_text the same words to weigh titles by.
-- It runs as its owner because below row level security PostgreSQL may not use an index for @@ (it is not leakproof);
-- therefore it filters by app_user_id() itself and returns ids only, whose rows the caller reads under row level
-- security. ROWS keeps the caller's plan to those few rows, where the default of 1,000 made it read all of a person's
-- tasks. Titles come before texts.
CREATE OR REPLACE FUNCTION find_entries(p_prefixes text, p_text text, p_kinds text[], p_limit int)
RETURNS TABLE (kind text, row_id uuid, score real)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 12
SET search_path = public, pg_temp
AS $$
DECLARE
    v_words tsquery := to_tsquery('simple', p_prefixes);
    v_titles tsquery := to_tsquery('simple', replace(p_prefixes, ':*', ':*A'));
    v_person uuid := app_user_id();
BEGIN
    RETURN QUERY
    WITH titles AS MATERIALIZED (
        SELECT e.kind, e.row_id, e.title, e.changed_at, 1 AS rank FROM search_entries e
        WHERE e.user_id = v_person AND e.words @@ v_titles AND e.kind = ANY (p_kinds) LIMIT 400
    ), texts AS MATERIALIZED (
        SELECT e.kind, e.row_id, e.title, e.changed_at, 0 AS rank FROM search_entries e
        WHERE (SELECT count(*) FROM titles) < p_limit
            AND e.user_id = v_person AND e.words @@ v_words AND e.kind = ANY (p_kinds) LIMIT 400
    ), found AS (
        SELECT DISTINCT ON (f.kind, f.row_id) f.* FROM (SELECT * FROM titles UNION ALL SELECT * FROM texts) f
        ORDER BY f.kind, f.row_id, f.rank DESC
    )
    SELECT f.kind, f.row_id,
        (f.rank + (f.kind = 'project')::int * 0.3 + word_similarity(p_text, f.title)
            + (lower(f.title) = lower(p_text))::int)::real
    FROM found f ORDER BY 3 DESC, f.changed_at DESC LIMIT p_limit;
END $$;
