"""Events for text messages: the source of `sms/events.py` that knows the copy of a linked calendar."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.sms.events import EventFact

_EVENTS = """
    SELECT e.user_id, e.calendar_id || '/' || e.event_id AS key, e.title, e.starts_at, e.place, e.meeting, e.ends_at
    FROM calendars c JOIN calendar_events e ON e.calendar_id = c.id AND e.user_id = c.user_id
    WHERE c.is_chosen AND NOT e.is_all_day AND e.is_busy AND NOT EXISTS (
        SELECT FROM calendar_links l WHERE l.task_id IS NOT NULL AND l.calendar_id = e.calendar_id
            AND l.user_id = e.user_id AND l.event_id IN (e.event_id, e.series_event_id)
    )
"""
"""Timed events that take up time, without those of tasks, which have reminders of their own. Joined by person too, so
that the index on (user_id, starts_at) finds what begins soon."""
_STARTING = sa.text(f"{_EVENTS} AND e.starts_at >= :begin AND e.starts_at < :end")
_FIND = sa.text(f"{_EVENTS} AND e.calendar_id = CAST(:calendar_id AS uuid) AND e.event_id = :event_id")


class CalendarEvents:
    """An EventSource."""

    async def starting(self, session: AsyncSession, begin: datetime, end: datetime) -> Sequence[EventFact]:
        """See EventSource."""
        return [_fact(row) for row in await session.execute(_STARTING, {"begin": begin, "end": end})]

    async def find(self, session: AsyncSession, key: str) -> EventFact | None:
        """See EventSource."""
        calendar_id, _, event_id = key.partition("/")
        found = (await session.execute(_FIND, {"calendar_id": calendar_id, "event_id": event_id})).one_or_none()
        return _fact(found) if found is not None else None


def _fact(row: Any) -> EventFact:
    return EventFact(row.user_id, row.key, row.title or "An event", row.starts_at, row.place, row.meeting, row.ends_at)
