"""Projects, their tasks and their notes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, moment, one_of, owned, text_column


class ProjectStatus(StrEnum):
    """Where a project stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class TaskStatus(StrEnum):
    """Where a task stands."""

    BACKLOG = "backlog"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    BLOCKED = "blocked"


class TaskType(StrEnum):
    """Once, or again and again."""

    ONE_OFF = "one_off"
    RECURRING = "recurring"


class Priority(StrEnum):
    """How much a task matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RecurrencePattern(StrEnum):
    """How often a recurring task comes back."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Source(StrEnum):
    """Where a row came from."""

    MANUAL = "manual"
    BRAIN_DUMP = "brain_dump"
    CALENDAR_EVENT = "calendar_event"
    CALENDAR_ANALYSIS = "calendar_analysis"


def texts() -> Any:
    """A list of texts, empty by default."""
    return Field(
        default_factory=list,
        sa_type=ARRAY(sa.Text),
        nullable=False,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )


def json_object() -> Any:
    """A JSON object, empty by default."""
    return Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": sa.text("'{}'")}
    )


class Project(OwnedRow, table=True):
    """Something that a person wants to get done, with the knowledge that belongs to it."""

    __tablename__ = "projects"
    __table_args__ = (
        *owned(),
        sa.UniqueConstraint("user_id", "slug"),
        sa.CheckConstraint("end_date >= start_date", name="ends_after_it_starts"),
        one_of("status", ProjectStatus),
        one_of("source", Source),
        sa.Index("idx_projects_user_status", "user_id", "status"),
    )

    name: str = Field(sa_type=sa.Text)
    slug: str = Field(sa_type=sa.Text)
    description: str = text_column()
    context: str = text_column()
    executive_summary: str = text_column()
    status: str = text_column(ProjectStatus.ACTIVE)
    tags: list[str] = texts()
    start_date: date | None = None
    end_date: date | None = None
    source: str = text_column(Source.MANUAL)
    source_metadata: dict[str, Any] = json_object()


class ProjectVersion(OwnedRow, table=True):
    """What a project said after a change, written by a trigger. `cause` is empty for the person, else such as
    `brain_dump:<id>`."""

    __tablename__ = "project_versions"
    __table_args__ = (*owned(("project_id", "projects", "CASCADE")), sa.UniqueConstraint("project_id", "version"))

    project_id: UUID
    version: int
    data: dict[str, Any] = json_object()
    cause: str = text_column()


HAS_A_MOMENT = sa.text(
    "task_type = 'one_off' AND status <> 'done' AND deleted_at IS NULL AND NOT outdated"
    " AND CASE WHEN due_date IS NOT NULL THEN due_has_time ELSE start_has_time END"
)
"""Open tasks that come due at a time of the day, and not just on a day."""


class Task(OwnedRow, table=True):
    """One thing to do. `due_date` is the last moment for it, `start_date` the moment it is planned for.

    `start_has_time` and `due_has_time` say whether the person named a time: without one a start is stored at 9:00, and
    a due moment at 23:59, of its day. `recurrence_rule` is an RRULE of RFC 5545, where the pattern and the start do not
    say it all. A task that took one date's place, or went on from another, names that task in `series_id` and the date
    in `series_date`. The trigger `keep_task` keeps `completed_at` and counts `version` up with each change.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        *owned(
            ("project_id", "projects", "CASCADE"),
            ("parent_task_id", "tasks", "CASCADE"),
            ("brain_dump_id", "brain_dumps", "SET NULL (brain_dump_id)"),
            ("series_id", "tasks", "SET NULL (series_id)"),
        ),
        one_of("status", TaskStatus),
        one_of("priority", Priority),
        one_of("task_type", TaskType),
        one_of("recurrence_pattern", RecurrencePattern),
        one_of("source", Source),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 255", name="title_length"),
        sa.CheckConstraint("duration_minutes >= 0", name="duration_is_positive"),
        sa.CheckConstraint(
            "task_type <> 'recurring' OR (start_date IS NOT NULL AND recurrence_pattern IS NOT NULL)",
            name="recurring_has_a_start_and_a_pattern",
        ),
        sa.Index("idx_tasks_project", "project_id", "deleted_at", "status", "user_id", "outdated"),
        sa.Index("idx_tasks_user_start", "user_id", "start_date"),
        sa.Index("idx_tasks_user_due", "user_id", "due_date"),
        sa.CheckConstraint("series_id IS NULL OR series_date IS NOT NULL", name="series_has_a_date"),
        sa.Index("idx_tasks_brain_dump", "brain_dump_id"),
        sa.Index("idx_tasks_user_status", "user_id", "status"),
        sa.Index(
            "idx_tasks_user_completed", "user_id", "completed_at", postgresql_where=sa.text("completed_at IS NOT NULL")
        ),
        sa.Index(
            "idx_tasks_user_recurring",
            "user_id",
            "instances_until",
            postgresql_where=sa.text("task_type = 'recurring' AND status <> 'done' AND deleted_at IS NULL"),
        ),
        sa.Index("idx_tasks_series", "series_id", postgresql_where=sa.text("series_id IS NOT NULL")),
        sa.Index("idx_tasks_moment", sa.text("coalesce(due_date, start_date)"), postgresql_where=HAS_A_MOMENT),
    )

    project_id: UUID | None = Field(default=None, nullable=True)
    title: str = Field(sa_type=sa.Text)
    description: str = text_column()
    details: str = text_column()
    status: str = text_column(TaskStatus.BACKLOG)
    priority: str = text_column(Priority.MEDIUM)
    task_type: str = text_column(TaskType.ONE_OFF)
    start_date: datetime | None = moment()
    start_has_time: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    due_date: datetime | None = moment()
    due_has_time: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    duration_minutes: int | None = None
    recurrence_pattern: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    recurrence_rule: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    recurrence_ends: date | None = None
    recurrence_end_source: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    instances_until: date | None = None
    series_id: UUID | None = Field(default=None, nullable=True)
    series_date: date | None = None
    parent_task_id: UUID | None = Field(default=None, nullable=True)
    task_steps: str = text_column()
    completed_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    outdated: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    version: int = Field(default=1, sa_column_kwargs={"server_default": sa.text("1")})
    source: str = text_column(Source.MANUAL)
    brain_dump_id: UUID | None = Field(default=None, nullable=True)


class Note(OwnedRow, table=True):
    """Something worth keeping that nobody has to do."""

    __tablename__ = "notes"
    __table_args__ = (
        *owned(("project_id", "projects", "CASCADE"), ("brain_dump_id", "brain_dumps", "SET NULL (brain_dump_id)")),
        sa.CheckConstraint("title <> '' OR content <> ''", name="says_something"),
        sa.Index("idx_notes_project", "project_id"),
        sa.Index("idx_notes_user", "user_id", "id"),
    )

    project_id: UUID | None = Field(default=None, nullable=True)
    title: str = text_column()
    content: str = text_column()
    category: str = text_column()
    tags: list[str] = texts()
    source: str = text_column(Source.MANUAL)
    brain_dump_id: UUID | None = Field(default=None, nullable=True)
