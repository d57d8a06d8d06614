"""Which tables are a person's own data, and what becomes of each when they take it with them.

A new table of a person's rows belongs into exactly one of the three lists; a test says so to whoever adds one.
"""

import sqlalchemy as sa

from buildos_app.models.all import metadata

RESTORED = (
    "projects",
    "project_versions",
    "brain_dumps",
    "brain_dump_operations",
    "brain_dump_questions",
    "tasks",
    "task_dependencies",
    "task_instances",
    "task_changes",
    "notes",
    "phases",
    "phase_tasks",
    "phase_proposals",
    "onboarding_answers",
    "onboarding_findings",
    "notification_preferences",
    "brief_preferences",
    "daily_briefs",
    "project_daily_briefs",
    "sms_preferences",
)
"""What a person made: exported, and brought back by an import."""

REPLACED = ("notification_preferences", "brief_preferences", "onboarding_answers", "sms_preferences")
"""Of these, choices that are here already give way to those of the import, whatever their ids."""

RECORDS = (
    "notifications",
    "queue_jobs",
    "llm_calls",
    "llm_usage",
    "llm_daily_calls",
    "user_sessions",
    "personal_tokens",
    "emails",
    "calendars",
    "project_calendars",
    "calendar_links",
    "calendar_conflicts",
    "sms_phones",
    "sms_messages",
)
"""What the product noted about a person's use: exported to be read, not brought back."""

LEFT_OUT = {
    "data_files": "the exports themselves",
    "search_entries": "words of the other tables",
    "search_words": "words of the other tables",
    "account_tokens": "keys from mails, which run out",
    "calendar_connections": "keys to an account elsewhere",
    "calendar_sign_ins": "consent pages, which run out",
    "calendar_channels": "bookkeeping with the provider",
    "calendar_events": "a copy of what the calendar itself has",
    "calendar_feeds": "the number of a secret address",
}
"""What stays here, and why."""

PROFILE = ("name", "bio", "timezone", "work_start", "work_end", "working_days", "llm_daily_cap")
"""Columns of `users` that an import brings back."""

PROFILE_LEFT = {
    "id": "the account's own",
    "created_at": "the account's own",
    "updated_at": "the account's own",
    "email": "the account's own",
    "password_hash": "a secret",
    "is_admin": "a right",
    "email_confirmed_at": "the account's own",
    "completed_onboarding": "follows from use",
    "last_visit": "follows from use",
    "access_restricted": "a right",
    "access_restricted_at": "a right",
    "deletion_due_at": "a decision about this account",
}
"""Columns of `users` that stay here, and why."""


def owned_tables() -> set[str]:
    """Every table that holds rows of single persons."""
    return {name for name, table in metadata.tables.items() if "user_id" in table.columns}


def in_order(names: tuple[str, ...]) -> list[sa.Table]:
    """These tables, each after the ones that its rows point to."""
    return [table for table in metadata.sorted_tables if table.name in names]


def exported_columns(table: sa.Table) -> list[sa.Column[object]]:
    """What of a row is written down: nothing that the database computes, and no bytes, which are hashes of secrets."""
    return [
        column
        for column in table.columns
        if column.computed is None and column.identity is None and not isinstance(column.type, sa.LargeBinary)
    ]
