-- This transaction's person wants no more text messages, for a reason; or wants them again, without one.
CREATE OR REPLACE FUNCTION set_sms_opt_out(p_reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE sms_phones SET
        opted_out_at = CASE WHEN p_reason IS NULL THEN NULL ELSE coalesce(opted_out_at, now()) END,
        opt_out_reason = coalesce(p_reason, ''),
        updated_at = now()
    WHERE user_id = app_user_id()
$$;
