"""The job that syncs one calendar, and takes connections down."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.account import Account
from buildos_app.calendar.channels import ensure_channel
from buildos_app.calendar.connect import save_calendars
from buildos_app.calendar.ending import end_connection
from buildos_app.calendar.plan import plan_push
from buildos_app.calendar.pull import Changes, read_changes, save_changes
from buildos_app.calendar.push import push
from buildos_app.calendar.window import FRESH, read_window
from buildos_app.calendar_port import EventGone
from buildos_app.clock import now
from buildos_app.errors import AccessRevoked, Conflict, RequestRejected, ServiceUnavailable
from buildos_app.models.calendar import Calendar, CalendarConnection, ConnectionStatus
from buildos_app.notifications.events import CalendarNeedsYou, CalendarSyncFailed, Event
from buildos_app.notifications.notify import notify
from buildos_app.queue.job import Job, JobContext, Snooze
from buildos_app.settings import get_settings

AGAIN_IN = timedelta(seconds=1)
"""Between two syncs of one calendar: a storm of pushes becomes a sync each second at most."""
LOOK_EVERY = timedelta(minutes=1)
"""How often the list of calendars is read at most."""
WRITE_FOR = timedelta(minutes=3)
"""Longer than that a run does not write: the next one goes on."""
BUSY = "Google is busy or out of reach. BuildOS tries again by itself."


class SyncCalendar(Job):
    """Bring one calendar and its tasks together: read, settle, write, look after the channel.

    With `disconnect` and no calendar it ends the connection instead, and keeps or removes the events of tasks.
    """

    job_type: ClassVar[str] = "sync_calendar"
    priority: ClassVar[int] = 5
    max_attempts: ClassVar[int] = 5
    timeout: ClassVar[float] = 300.0

    calendar_id: UUID | None = None
    disconnect: Literal["", "keep", "remove"] = ""

    @property
    def dedup_key(self) -> str:
        """One at a time for each calendar."""
        return str(self.calendar_id) if self.calendar_id else "disconnect"

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return CalendarSyncFailed(reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Sync; when more was wanted meanwhile, once more a second later."""
        if self.disconnect:
            remove = self.disconnect == "remove"
            await end_connection(ctx.session, ctx.user_id, ctx.ports.calendar, remove=remove)
            return {"disconnected": True}
        calendar = await self._load(ctx)
        if calendar is None:
            return {"skipped": True}
        try:
            result = await _sync(ctx, calendar)
        except AccessRevoked:
            return {"revoked": True}
        except ServiceUnavailable:
            await _note(ctx, calendar.id, BUSY)
            raise
        except EventGone:
            await _note(ctx, calendar.id, "This calendar is no longer there, or no longer shared with you.")
            return {"gone": True}
        except RequestRejected as error:
            await _note(ctx, calendar.id, str(error))
            raise
        async with ctx.session() as session:
            if not result.pop("more") and await _is_done(session, calendar):
                await ctx.complete(session, result)
                return None
        raise Snooze(now() + AGAIN_IN)

    async def _load(self, ctx: JobContext) -> Calendar | None:
        async with ctx.session() as session:
            connected = sa.select(col(CalendarConnection.id)).where(
                col(CalendarConnection.status) == ConnectionStatus.CONNECTED
            )
            query = sa.select(Calendar).where(
                col(Calendar.id) == self.calendar_id, col(Calendar.is_chosen), connected.exists()
            )
            return (await session.execute(query)).scalar_one_or_none()


async def _sync(ctx: JobContext, calendar: Calendar) -> dict[str, Any]:
    result: dict[str, Any] = {"read": 0, "changed": 0, "written": 0, "more": False}
    if calendar.held:
        return result
    async with Account(ctx.session, ctx.user_id, ctx.ports.calendar) as account:
        changes = await read_changes(ctx.session, account, calendar)
        try:
            async with ctx.session() as session:
                saved = await save_changes(session, ctx.user_id, calendar, changes, account.skew)
                if saved.held:
                    notify(session, ctx.user_id, CalendarNeedsYou(calendar=calendar.name))
        except Conflict:
            raise Snooze(now() + AGAIN_IN) from None
        result |= {"read": changes.count, "changed": saved.changed}
        if not saved.held:
            result["written"], result["more"] = await _write(ctx, account, calendar)
        result["more"] |= await _look_around(ctx, account, calendar, changes)
    return result


async def _write(ctx: JobContext, account: Account, calendar: Calendar) -> tuple[int, bool]:
    """Round by round: what was met on the way may have to be written again. How many calls, and whether some are
    left."""
    written, refused, until = 0, set[UUID](), now() + WRITE_FOR
    while now() < until:
        async with ctx.session() as session:
            plan = await plan_push(session, ctx.user_id, calendar)
            if plan.held:
                notify(session, ctx.user_id, CalendarNeedsYou(calendar=calendar.name))
        steps = [step for step in plan.steps if step.link_id not in refused]
        if not steps:
            return written, False
        refused |= await push(ctx.session, account, ctx.user_id, calendar, steps)
        written += len(steps)
    return written, True


async def _look_around(ctx: JobContext, account: Account, calendar: Calendar, changes: Changes) -> bool:
    """The list of calendars, the copy of the coming weeks, which shows no events of tasks, and the channel. Whether
    something may have changed that nobody pushes."""
    if calendar.is_primary and calendar.last_synced_at and calendar.last_synced_at < now() - LOOK_EVERY:
        calendars = await account.call(lambda client: client.calendars())
        async with ctx.session() as session:
            await save_calendars(session, ctx.user_id, calendars)
    if changes.count or _is_old(calendar.events_read_at):
        await read_window(ctx.session, account, ctx.user_id, calendar)
    if not ctx.ports.calendar.can_push_to_us:
        return False
    return await ensure_channel(ctx.session, account, ctx.user_id, calendar, get_settings().base_url)


async def _is_done(session: AsyncSession, calendar: Calendar) -> bool:
    """Was nothing more wanted since this sync began? A push that comes later waits for this row, and adds a new job."""
    query = sa.select(Calendar).where(col(Calendar.id) == calendar.id).with_for_update()
    row = (await session.execute(query, execution_options={"populate_existing": True})).scalar_one_or_none()
    if row is None:
        return True
    row.done, row.last_synced_at, row.allowed = calendar.wanted, now(), False
    return bool(row.wanted == calendar.wanted)


async def _note(ctx: JobContext, calendar_id: UUID, problem: str) -> None:
    async with ctx.session() as session:
        await session.execute(sa.update(Calendar).where(col(Calendar.id) == calendar_id).values(error=problem[:300]))


def _is_old(read_at: datetime | None) -> bool:
    return read_at is None or read_at < now() - FRESH
