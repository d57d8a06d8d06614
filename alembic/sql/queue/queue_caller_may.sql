-- May the caller act on jobs of this person? The web role only for the person of its transaction, the service role always.
-- SET ROLE is looked up by its setting, because inside SECURITY DEFINER the current user is the owner.
CREATE OR REPLACE FUNCTION queue_caller_may(p_user_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('role') = 'buildos_web' THEN
        RETURN coalesce(p_user_id = app_user_id(), false);
    END IF;
    RETURN pg_has_role(session_user, 'buildos_worker', 'MEMBER');
END $$;
