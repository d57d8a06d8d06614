"""Daily briefs: when a person wants them, each one, and its part about each project."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, Timestamp, moment, owned, text_column
from buildos_app.models.project import json_object


class BriefPreferences(OwnedRow, table=True):
    """When a person wants briefs; who has no row has the defaults. 0 of `day_of_week` is Sunday.

    `scheduled_since` is when this schedule began to hold: what it would have planned before is not caught up with.
    """

    __tablename__ = "brief_preferences"
    __table_args__ = (
        *owned(),
        sa.UniqueConstraint("user_id"),
        sa.CheckConstraint("frequency IN ('daily', 'weekly')", name="frequency_is_known"),
        sa.CheckConstraint("day_of_week BETWEEN 0 AND 6", name="day_of_week_in_range"),
    )

    frequency: str = text_column("daily")
    day_of_week: int | None = None
    time_of_day: time = Field(default=time(9), sa_column_kwargs={"server_default": "09:00"})
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    email_daily_brief: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    track_opens: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    scheduled_since: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )


class DailyBrief(OwnedRow, table=True):
    """The brief of one day of a person's calendar. The row is what makes it the only one.

    `job_id` is the job that makes it, or makes it again; `completed_at` is when the content became whole. A brief that
    is made again keeps its content until the new one is there.
    """

    __tablename__ = "daily_briefs"
    __table_args__ = (*owned(), sa.UniqueConstraint("user_id", "brief_date"))

    brief_date: date
    timezone: str = text_column("UTC")
    planned_for: datetime | None = moment()
    job_id: UUID | None = Field(default=None, nullable=True)
    is_reengagement: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    days_away: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    completed_at: datetime | None = moment()
    title: str = text_column()
    summary: str = text_column()
    markdown: str = text_column()
    content: dict[str, Any] = json_object()
    engine: str = text_column()


class ProjectDailyBrief(OwnedRow, table=True):
    """What a brief says about one project."""

    __tablename__ = "project_daily_briefs"
    __table_args__ = (
        *owned(("daily_brief_id", "daily_briefs", "CASCADE"), ("project_id", "projects", "CASCADE")),
        sa.UniqueConstraint("project_id", "brief_date"),
        sa.Index("idx_project_daily_briefs_brief", "daily_brief_id"),
    )

    daily_brief_id: UUID
    project_id: UUID
    brief_date: date
    content: dict[str, Any] = json_object()
