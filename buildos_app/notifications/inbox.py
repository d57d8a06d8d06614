"""Reading and tidying a person's news, in a session of that person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.db.pipeline import read_as
from buildos_app.models.notification import Notification, NotificationPreference
from buildos_app.notifications.events import Channel, Toast, load_event

_VISIBLE = (
    col(Notification.dismissed_at).is_(None),
    sa.or_(col(Notification.expires_at).is_(None), col(Notification.expires_at) > sa.func.now()),
)
_COLUMNS = (
    col(Notification.id),
    col(Notification.seq),
    col(Notification.event),
    col(Notification.payload),
    col(Notification.read_at),
    col(Notification.created_at),
)
_POPS_UP = ~sa.exists(
    sa.select(NotificationPreference).where(
        col(NotificationPreference.user_id) == col(Notification.user_id),
        col(NotificationPreference.event) == col(Notification.event),
        col(NotificationPreference.channel) == Channel.TOAST,
        ~col(NotificationPreference.is_on),
    )
).label("pops_up")
_UNREAD = sa.select(sa.func.count()).where(col(Notification.read_at).is_(None), *_VISIBLE)
_NEWEST = (
    sa.select(*_COLUMNS, _POPS_UP, _UNREAD.scalar_subquery().label("unread"))
    .where(*_VISIBLE)
    .order_by(col(Notification.seq).desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


@dataclass(frozen=True)
class News:
    """One entry of the list, with the words that its event has for it; `pops_up` if its person wants toasts of it."""

    id: UUID
    seq: int
    event: str
    toast: Toast
    pops_up: bool
    is_read: bool
    created_at: datetime


@dataclass(frozen=True)
class Inbox:
    """The newest news first, and how many are unread in all."""

    news: list[News]
    unread: int


async def read_inbox(session: AsyncSession, *, limit: int = 50, before: int | None = None) -> Inbox:
    """Up to `limit` entries older than the cursor `before` (a `seq`), and the count of the unread."""
    query = _NEWEST if before is None else _NEWEST.where(col(Notification.seq) < before)
    return _inbox((await session.execute(query, {"limit": limit})).all())


async def read_newest(user_id: UUID, *, limit: int) -> Inbox:
    """The first page of a person's inbox in one round trip: every toast waits for it."""
    return _inbox(await read_as(user_id, _NEWEST, limit=limit))


async def mark_read(session: AsyncSession, notification_id: UUID | None = None) -> None:
    """Mark one entry, or all of them, as read."""
    await _stamp(session, col(Notification.read_at), notification_id)


async def dismiss(session: AsyncSession, notification_id: UUID) -> None:
    """Put one entry away."""
    await _stamp(session, col(Notification.dismissed_at), notification_id)


async def _stamp(session: AsyncSession, column: Mapped[datetime | None], row: UUID | None) -> None:
    statement = sa.update(Notification).where(column.is_(None)).values({column: now()})
    if row is not None:
        statement = statement.where(col(Notification.id) == row)
    await session.execute(statement)


def _inbox(rows: Sequence[Any]) -> Inbox:
    return Inbox([_news(row) for row in rows], rows[0].unread if rows else 0)


def _news(row: Any) -> News:
    return News(
        row.id,
        row.seq,
        row.event,
        load_event(row.event, row.payload).toast(),
        row.pops_up,
        row.read_at is not None,
        row.created_at,
    )
