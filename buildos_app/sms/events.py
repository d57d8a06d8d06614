"""The port by which events of a calendar come to be texted: whoever knows events adds a source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class EventFact:
    """One timed event of somebody's calendar. `key` is its own for ever, also when it is moved."""

    user_id: UUID
    key: str
    title: str
    starts_at: datetime
    place: str = ""
    link: str = ""
    ends_at: datetime | None = None


class EventSource(Protocol):
    """Knows events. All-day events, and events that a task of ours made, are none of its."""

    async def starting(self, session: AsyncSession, begin: datetime, end: datetime) -> Sequence[EventFact]:
        """Every event of everybody that starts in [begin, end), in a session of the service role."""

    async def find(self, session: AsyncSession, key: str) -> EventFact | None:
        """The event as it is now, in a session of its person; None when it is gone."""


SOURCES: list[EventSource] = []
"""Filled by the worker, see docs/howto/text-an-event.md."""


async def find_event(session: AsyncSession, key: str) -> EventFact | None:
    """The event with this key, whoever knows it."""
    for source in SOURCES:
        if (found := await source.find(session, key)) is not None:
            return found
    return None
