"""A person's connection to a calendar provider, and what stands there for their tasks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, Timestamp, moment, one_of, owned, text_column
from buildos_app.models.project import json_object


class ConnectionStatus(StrEnum):
    """Where a connection stands. Revoked: the person must connect again. Ending: a job takes it down."""

    CONNECTED = "connected"
    REVOKED = "revoked"
    ENDING = "ending"


class LinkStatus(StrEnum):
    """Where the event of a task stands. Wanted: a person asked for it. Sent: on its way, maybe there already. Off: a
    person wants none."""

    WANTED = "wanted"
    SENT = "sent"
    SYNCED = "synced"
    FAILED = "failed"
    OFF = "off"


class Side(StrEnum):
    """The two sides of a conflict."""

    OURS = "ours"
    THEIRS = "theirs"


class CalendarConnection(OwnedRow, table=True):
    """A linked account. `grant_sealed` holds both tokens, encrypted, with their owner inside.

    `version` counts the tokens; `refreshing_until` is the lease of who is getting new ones.
    """

    __tablename__ = "calendar_connections"
    __table_args__ = (sa.UniqueConstraint("user_id"), one_of("status", ConnectionStatus))

    email: str = text_column()
    status: str = text_column(ConnectionStatus.CONNECTED)
    grant_sealed: bytes = Field(sa_type=sa.LargeBinary)
    expires_at: datetime = Field(sa_type=Timestamp)
    version: int = Field(default=1, sa_column_kwargs={"server_default": sa.text("1")})
    refreshing_until: datetime | None = moment()
    auto_schedule: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    error: str = text_column()


class CalendarSignIn(OwnedRow, table=True):
    """A consent page that is open: its state, for one browser session, once and for ten minutes."""

    __tablename__ = "calendar_sign_ins"
    __table_args__ = (sa.Index("idx_calendar_sign_ins_user_id", "user_id"),)

    state_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    session_hash: bytes = Field(sa_type=sa.LargeBinary)
    verifier_sealed: bytes = Field(sa_type=sa.LargeBinary)
    next_path: str = text_column()
    expires_at: datetime = Field(sa_type=Timestamp)


class Calendar(OwnedRow, table=True):
    """One calendar of a linked account. `wanted` counts the reasons to sync, `done` how many of them a sync has seen.

    `held` says why a sync waits for its person's word: {direction, count, of}; `allowed` is that word.
    """

    __tablename__ = "calendars"
    __table_args__ = (*owned(), sa.UniqueConstraint("user_id", "remote_id"))

    remote_id: str = Field(sa_type=sa.Text)
    name: str = text_column()
    color: str = text_column()
    time_zone: str = text_column("UTC")
    is_primary: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    is_writable: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    is_chosen: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    sync_token: str = text_column()
    wanted: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")})
    done: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")})
    last_synced_at: datetime | None = moment()
    events_read_at: datetime | None = moment()
    error: str = text_column()
    held: dict[str, Any] = json_object()
    allowed: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class CalendarChannel(OwnedRow, table=True):
    """A push watch on a calendar."""

    __tablename__ = "calendar_channels"
    __table_args__ = (
        *owned(("calendar_id", "calendars", "CASCADE")),
        sa.Index("idx_calendar_channels_calendar", "calendar_id"),
        sa.Index("idx_calendar_channels_expires_at", "expires_at"),
    )

    calendar_id: UUID
    channel_id: str = Field(sa_type=sa.Text, unique=True)
    resource_id: str = Field(sa_type=sa.Text)
    expires_at: datetime = Field(sa_type=Timestamp)
    last_message: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")})


class ProjectCalendar(OwnedRow, table=True):
    """The calendar that a project's tasks go to, where it is not the main one."""

    __tablename__ = "project_calendars"
    __table_args__ = (
        *owned(("project_id", "projects", "CASCADE"), ("calendar_id", "calendars", "CASCADE")),
        sa.UniqueConstraint("project_id"),
    )

    project_id: UUID
    calendar_id: UUID


class CalendarLink(OwnedRow, table=True):
    """The event of a task. `base` is what both sides last agreed on, `etag` the event's version then.

    A link outlives its task, so that the event can be deleted. `series_event_id` and `original_start` name the instance
    of a series that the event is.
    """

    __tablename__ = "calendar_links"
    __table_args__ = (
        *owned(("task_id", "tasks", "SET NULL (task_id)"), ("calendar_id", "calendars", "CASCADE")),
        sa.UniqueConstraint("calendar_id", "event_id"),
        sa.UniqueConstraint("task_id"),
        one_of("status", LinkStatus),
    )

    task_id: UUID | None = Field(default=None, nullable=True)
    calendar_id: UUID
    event_id: str = Field(sa_type=sa.Text)
    etag: str = text_column()
    status: str = text_column(LinkStatus.SENT)
    base: dict[str, Any] = json_object()
    series_event_id: str = text_column()
    original_start: str = text_column()
    href: str = text_column()
    error: str = text_column()
    since: date | None = None
    written_at: datetime | None = moment()


class CalendarConflict(OwnedRow, table=True):
    """Both sides changed a task: both versions, and which one holds. `taken_at` is when a person chose."""

    __tablename__ = "calendar_conflicts"
    __table_args__ = (
        *owned(("task_id", "tasks", "SET NULL (task_id)")),
        one_of("winner", Side),
        sa.Index("idx_calendar_conflicts_user", "user_id", "id"),
    )

    task_id: UUID | None = Field(default=None, nullable=True)
    title: str = text_column()
    ours: dict[str, Any] = json_object()
    theirs: dict[str, Any] = json_object()
    ours_at: datetime | None = moment()
    theirs_at: datetime | None = moment()
    winner: str = text_column(Side.OURS)
    taken_at: datetime | None = moment()


class CalendarEvent(OwnedRow, table=True):
    """An event as the calendar page shows it, those of series one by one: a copy of some weeks."""

    __tablename__ = "calendar_events"
    __table_args__ = (
        *owned(("calendar_id", "calendars", "CASCADE")),
        sa.Index("idx_calendar_events_user", "user_id", "starts_at"),
        sa.Index("idx_calendar_events_calendar", "calendar_id"),
    )

    calendar_id: UUID
    event_id: str = Field(sa_type=sa.Text)
    series_event_id: str = text_column()
    title: str = text_column()
    starts_at: datetime = Field(sa_type=Timestamp)
    ends_at: datetime = Field(sa_type=Timestamp)
    is_all_day: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    is_busy: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    href: str = text_column()
    place: str = text_column()
    meeting: str = text_column()


class CalendarFeed(OwnedRow, table=True):
    """The secret address at which any calendar program reads a person's tasks. A new `generation` ends the old one."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (sa.UniqueConstraint("user_id"),)

    generation: int = Field(default=1, sa_column_kwargs={"server_default": sa.text("1")})
    is_on: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
