"""What hangs below a task: what it waits for, the single dates of a repetition, and what was changed in it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from buildos_app.models.base import OwnedRow, moment, one_of, owned, text_column
from buildos_app.models.project import json_object


class InstanceStatus(StrEnum):
    """What became of one date of a recurring task. Cancelled: a task of its own took the date's place."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class TaskDependency(OwnedRow, table=True):
    """`task_id` waits for `needs_id`. Circles are refused by the trigger `refuse_circle`."""

    __tablename__ = "task_dependencies"
    __table_args__ = (
        *owned(("task_id", "tasks", "CASCADE"), ("needs_id", "tasks", "CASCADE")),
        sa.UniqueConstraint("task_id", "needs_id"),
        sa.Index("idx_task_dependencies_needs", "needs_id"),
    )

    task_id: UUID
    needs_id: UUID


class TaskInstance(OwnedRow, table=True):
    """One date of a recurring task, in the calendar of its person; rows are made some weeks ahead, when looked at."""

    __tablename__ = "task_instances"
    __table_args__ = (
        *owned(("task_id", "tasks", "CASCADE")),
        sa.UniqueConstraint("task_id", "instance_date"),
        one_of("status", InstanceStatus),
        sa.CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_when_done"),
        sa.Index("idx_task_instances_user_date", "user_id", "status", "instance_date"),
        sa.Index("idx_task_instances_date", "instance_date", postgresql_where=sa.text("status = 'scheduled'")),
    )

    task_id: UUID
    instance_date: date
    status: str = text_column(InstanceStatus.SCHEDULED)
    completed_at: datetime | None = moment()
    notes: str = text_column()


class TaskChange(OwnedRow, table=True):
    """What one statement changed in a task, written by the trigger `record_task_change`: {column: [before, after]}.

    `cause` says who or what: empty for the person, `brain_dump:<id>` for a dump.
    """

    __tablename__ = "task_changes"
    __table_args__ = (
        *owned(("task_id", "tasks", "CASCADE")),
        sa.Index("idx_task_changes_task", "task_id", "id"),
    )

    task_id: UUID
    changes: dict[str, Any] = json_object()
    cause: str = text_column()
