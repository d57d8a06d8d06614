-- The seven job types of the design, known without any Python; a new job class adds its own row when a process starts.
INSERT INTO queue_settings (job_type)
SELECT unnest(ARRAY[
    'generate_daily_brief', 'generate_brief_email', 'generate_phases', 'onboarding_analysis',
    'send_sms', 'sync_calendar', 'process_brain_dump'
])
ON CONFLICT (job_type) DO NOTHING;
