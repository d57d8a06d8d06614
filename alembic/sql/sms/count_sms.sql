-- Counts one text message against the day of this transaction's person, by the calendar of their zone; false when the
-- day is used up. One statement under the row's lock: fifty sends at once never send one too many. A day never comes
-- again: who moves to a zone that is behind goes on with the count that they have.
CREATE OR REPLACE FUNCTION count_sms() RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH person AS (
        SELECT u.id, (now() AT TIME ZONE u.timezone)::date AS today, coalesce(p.daily_limit, 10) AS most
        FROM users u LEFT JOIN sms_preferences p ON p.user_id = u.id WHERE u.id = app_user_id()
    ), counted AS (
        UPDATE sms_phones s SET
            sent_today = CASE WHEN s.sent_day >= person.today THEN s.sent_today + 1 ELSE 1 END,
            sent_day = greatest(s.sent_day, person.today),
            updated_at = now()
        FROM person
        WHERE s.user_id = person.id AND person.most > 0
            AND (s.sent_day IS NULL OR s.sent_day < person.today OR s.sent_today < person.most)
        RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM counted)
$$;
