"""Phases of a project, the tasks in them, and the plans that wait for a yes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, moment, one_of, owned, text_column
from buildos_app.models.project import json_object


class SchedulingMethod(StrEnum):
    """How far a plan goes: phases alone, dates within them, or dates around the calendar."""

    PHASES_ONLY = "phases_only"
    SCHEDULE_IN_PHASES = "schedule_in_phases"
    CALENDAR_OPTIMIZED = "calendar_optimized"


class ProposalStatus(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"
    REPLACED = "replaced"


class Phase(OwnedRow, table=True):
    """A stretch of a project. Whether it is past, running or to come follows from its dates."""

    __tablename__ = "phases"
    __table_args__ = (
        *owned(("project_id", "projects", "CASCADE")),
        one_of("scheduling_method", SchedulingMethod),
        sa.CheckConstraint("end_date >= start_date", name="ends_after_it_starts"),
        sa.Index("idx_phases_project", "project_id", "order"),
    )

    project_id: UUID
    name: str = Field(sa_type=sa.Text)
    description: str = text_column()
    start_date: date
    end_date: date
    order: int
    scheduling_method: str = text_column(SchedulingMethod.PHASES_ONLY)


class PhaseTask(OwnedRow, table=True):
    """A task's place in a phase; a task sits in at most one."""

    __tablename__ = "phase_tasks"
    __table_args__ = (
        *owned(("phase_id", "phases", "CASCADE"), ("task_id", "tasks", "CASCADE")),
        sa.UniqueConstraint("task_id"),
        sa.Index("idx_phase_tasks_phase", "phase_id"),
    )

    phase_id: UUID
    task_id: UUID
    suggested_start_date: datetime | None = moment()
    assignment_reason: str = text_column()


class PhaseProposal(OwnedRow, table=True):
    """A planned set of phases that waits for the person. `fingerprint` tells whether the tasks changed since."""

    __tablename__ = "phase_proposals"
    __table_args__ = (
        *owned(("project_id", "projects", "CASCADE")),
        one_of("status", ProposalStatus),
        sa.Index("idx_phase_proposals_open", "project_id", unique=True, postgresql_where=sa.text("status = 'open'")),
    )

    project_id: UUID
    job_id: UUID | None = Field(default=None, nullable=True)
    status: str = text_column(ProposalStatus.OPEN)
    plan: dict[str, Any] = json_object()
    fingerprint: str = text_column()
    engine: str = text_column()
