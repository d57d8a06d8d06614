"""Every table, for alembic and for tests that must not forget one."""

from sqlmodel import SQLModel

from buildos_app.models import (
    brain_dump,
    brief,
    calendar,
    data_file,
    email,
    error_log,
    llm,
    notification,
    onboarding,
    phase,
    project,
    queue,
    search,
    sms,
    task,
    user,
)

__all__ = [
    "brain_dump",
    "brief",
    "calendar",
    "data_file",
    "email",
    "error_log",
    "llm",
    "metadata",
    "notification",
    "onboarding",
    "phase",
    "project",
    "queue",
    "search",
    "sms",
    "task",
    "user",
]

metadata = SQLModel.metadata
