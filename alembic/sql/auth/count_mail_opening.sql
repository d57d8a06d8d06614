-- Counts one more opening of the mail whose picture has this id; nothing for any other id. Anybody may ask for a picture,
-- so this is all that asking can do.
CREATE OR REPLACE FUNCTION count_mail_opening(p_tracking_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE emails SET
        open_count = open_count + 1, opened_at = coalesce(opened_at, now()), last_opened_at = now()
    WHERE tracking_id = p_tracking_id
$$;
