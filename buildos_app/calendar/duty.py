"""The periodic duty: calendars are polled, more often where nothing pushes, and channels renewed in time."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.calendar.channels import RENEW_BEFORE
from buildos_app.db.session import queue_session, service_session
from buildos_app.queue.client import begin_tick

TICK, EVERY = "sync_due_calendars", timedelta(minutes=1)
POLL_EVERY = timedelta(minutes=5)
"""Where nothing pushes."""
LOOK_EVERY = timedelta(hours=1)
"""Where pushes come: one may be lost."""
MOST_AT_ONCE = 1000

_DUE = sa.text(
    """
    SELECT c.user_id, c.id FROM calendars c
    JOIN calendar_connections n ON n.user_id = c.user_id AND n.status = 'connected'
    JOIN users u ON u.id = c.user_id AND NOT u.access_restricted
    LEFT JOIN LATERAL (
        SELECT max(expires_at) AS expires_at FROM calendar_channels WHERE calendar_id = c.id
    ) h ON true
    WHERE c.is_chosen AND c.held = '{}' AND (
        c.last_synced_at IS NULL AND c.wanted = 0
        OR coalesce(c.last_synced_at, c.created_at) < now()
            - CASE WHEN h.expires_at > now() THEN CAST(:look AS interval) ELSE CAST(:poll AS interval) END
        OR h.expires_at < now() + :renew AND c.last_synced_at < now() - CAST(:poll AS interval)
    )
    ORDER BY c.last_synced_at NULLS FIRST LIMIT :most
    """
).bindparams(*(sa.bindparam(name, type_=sa.Interval) for name in ("look", "poll", "renew")))
_WANT = sa.text(
    "SELECT want_calendar_sync(u, c) FROM unnest(CAST(:people AS uuid[]), CAST(:calendars AS uuid[])) AS due (u, c)"
)


async def sync_due_calendars() -> None:
    """The duty. Every worker wakes it, one acts each minute. A day before a channel ends, a sync renews it."""
    async with queue_session() as session:
        if not await begin_tick(session, TICK, EVERY) or not await due_calendars(session):
            return
    async with service_session("sync due calendars") as session:
        due = await due_calendars(session)
        people, calendars = [each[0] for each in due], [each[1] for each in due]
        await session.execute(_WANT, {"people": people, "calendars": calendars})


async def due_calendars(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """Who has to be synced now, as the service role: (person, calendar)."""
    parameters = {"look": LOOK_EVERY, "poll": POLL_EVERY, "renew": RENEW_BEFORE, "most": MOST_AT_ONCE}
    return [(row[0], row[1]) for row in await session.execute(_DUE, parameters)]
