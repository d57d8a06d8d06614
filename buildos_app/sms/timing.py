"""When the tasks of people come due, as SQL: one place for the planner and for the last look before a text goes out."""

TASK_MOMENTS = """
    SELECT t.id, t.user_id, t.title, t.priority, NULL::date AS on_date, coalesce(t.due_date, t.start_date) AS moment
    FROM tasks t
    WHERE t.task_type = 'one_off' AND t.status <> 'done' AND t.deleted_at IS NULL AND NOT t.outdated
        AND CASE WHEN t.due_date IS NOT NULL THEN t.due_has_time ELSE t.start_has_time END
    UNION ALL
    SELECT t.id, t.user_id, t.title, t.priority, i.instance_date AS on_date,
        (i.instance_date + (t.start_date AT TIME ZONE u.timezone)::time) AT TIME ZONE u.timezone AS moment
    FROM tasks t JOIN users u ON u.id = t.user_id JOIN task_instances i ON i.task_id = t.id
    WHERE t.task_type = 'recurring' AND t.status <> 'done' AND t.deleted_at IS NULL AND NOT t.outdated
        AND t.start_has_time AND i.status = 'scheduled'
"""
"""Open tasks with a time: the due moment, without one the planned one; a repetition by its dates."""
