-- Rights that no single object file can give: the roles reach the schema, the service role every table, and functions
-- are closed to everybody but the roles named here. The rights on single tables stand in policies/.
GRANT USAGE ON SCHEMA public TO buildos_web, buildos_worker;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON
    users, user_sessions, personal_tokens, llm_calls, llm_usage, llm_daily_calls, data_files,
    queue_counts, queue_samples, queue_retries,
    onboarding_answers, onboarding_findings,
    projects, tasks, notes, phases, phase_tasks, phase_proposals,
    task_dependencies, task_instances, task_changes, project_versions, search_entries, search_words,
    brief_preferences, daily_briefs, project_daily_briefs, emails, account_tokens,
    brain_dumps, brain_dump_operations, brain_dump_questions, notifications, notification_preferences,
    sms_preferences, sms_phones, sms_messages, sms_inbound,
    queue_jobs, queue_settings, queue_workers, queue_ticks,
    calendar_connections, calendar_sign_ins, calendars, calendar_channels, project_calendars, calendar_links,
    calendar_conflicts, calendar_events, calendar_feeds
TO buildos_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO buildos_worker;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO buildos_worker;
GRANT EXECUTE ON FUNCTION
    app_user_id(), find_entries(text, text, text[], int), near_words(text[]),
    sign_up(text, text, text, text), find_account(text), open_session(uuid, bytea, interval, text, text),
    resolve_session(bytea, interval), close_session(bytea), resolve_personal_token(bytea),
    count_sign_in_try(bytea, int, interval), forget_sign_in_tries(bytea),
    want_calendar_sync(uuid, uuid), count_llm_call(int), change_password(text, bytea), end_sessions(uuid, uuid, bytea)
TO buildos_web;

DO $$ BEGIN  -- ours on PostgreSQL 15 to 17; from 18 on it is the server's own and open to everybody
    IF to_regprocedure('public.uuidv7()') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION public.uuidv7() TO buildos_web;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION
    queue_caller_may(uuid),
    add_queue_job(uuid, text, jsonb, int, timestamptz, text, int, text),
    cancel_queue_job(uuid, text), retry_queue_job(uuid)
TO buildos_web;

GRANT EXECUTE ON FUNCTION
    begin_account_mail(text, text, uuid, text, bytea, interval, int), confirm_address(bytea),
    is_account_token(bytea, text), reset_password(bytea, text)
TO buildos_web;

GRANT EXECUTE ON FUNCTION count_sms(), set_sms_opt_out(text), count_mail_opening(uuid) TO buildos_web;
GRANT EXECUTE ON FUNCTION show_trgm(text) TO buildos_web;  -- of pg_trgm: known tasks that a dump spells otherwise
