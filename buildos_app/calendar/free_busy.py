"""When a person has no time, from the copy of their calendars that each sync keeps: nobody is asked for it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from buildos_app.calendar.window import list_events
from buildos_app.db.session import user_session
from buildos_app.models.calendar import CalendarConnection, ConnectionStatus
from buildos_app.ports import Busy


class CopiedFreeBusy:
    """The port FreeBusy, answered by our own table."""

    async def is_connected(self, user_id: UUID) -> bool:
        """See FreeBusy."""
        async with user_session(user_id) as session:
            query = sa.select(col(CalendarConnection.status))
            return (await session.execute(query)).scalar_one_or_none() == ConnectionStatus.CONNECTED

    async def busy_times(self, user_id: UUID, start: datetime, end: datetime) -> list[Busy]:
        """See FreeBusy. It reaches as far as the copy does, see window.py."""
        async with user_session(user_id) as session:
            events = await list_events(session, start, end)
        return [Busy(event.starts_at, event.ends_at) for event in events if event.is_busy]
