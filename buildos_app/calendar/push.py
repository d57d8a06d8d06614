"""From the tasks to the calendar: ask for what it lacks, call by call, and keep what came of each."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from buildos_app.calendar.account import Account, Sessions
from buildos_app.calendar.plan import Step
from buildos_app.calendar.pull import CAUSE
from buildos_app.calendar.settle import Settler
from buildos_app.calendar.tasks import pair_of_link, person_zone
from buildos_app.calendar_port import Event, EventChanged, EventExists, EventGone
from buildos_app.clock import now
from buildos_app.errors import RequestRejected
from buildos_app.models.calendar import Calendar, CalendarLink, LinkStatus
from buildos_app.projects.history import because

logger = logging.getLogger(__name__)


async def push(sessions: Sessions, account: Account, user_id: UUID, calendar: Calendar, steps: list[Step]) -> set[UUID]:
    """Ask for each step and keep what came of it; the links whose step the calendar refused.

    Raises ServiceUnavailable, AccessRevoked: what was done until then is kept.
    """
    pusher, refused = _Pusher(sessions, account, user_id, calendar), set()
    for step in steps:
        try:
            await pusher.take(step)
        except RequestRejected as error:
            logger.info("the calendar refused to %s an event: %s", step.kind, error)
            await pusher.fail(step, str(error))
            refused.add(step.link_id)
    return refused


class _Pusher:
    def __init__(self, sessions: Sessions, account: Account, user_id: UUID, calendar: Calendar) -> None:
        self._sessions, self._account, self._user_id, self._calendar = sessions, account, user_id, calendar
        self._remote_id = calendar.remote_id

    async def take(self, step: Step) -> None:
        ways: dict[str, Callable[[Step], Awaitable[None]]] = {
            "insert": self._insert,
            "patch": self._patch,
            "delete": self._delete,
            "look": self._look,
            "cancel": self._cancel,
            "restore": self._restore,
        }
        await ways[step.kind](step)

    async def fail(self, step: Step, problem: str) -> None:
        await self._set_link(step, status=LinkStatus.FAILED, error=problem[:300])

    async def _set_link(self, step: Step, **values: object) -> None:
        async with self._sessions() as session:
            await session.execute(sa.update(CalendarLink).where(col(CalendarLink.id) == step.link_id).values(**values))

    async def _insert(self, step: Step) -> None:
        body = step.body or {}
        if step.series_event_id:
            instance = await self._instance(step.series_event_id, step.original)
            if instance is not None:
                await self._become_instance(step, instance)
                return
            await self._set_link(step, series_event_id="", original_start="")
        try:
            event = await self._account.call(lambda client: client.insert(self._remote_id, body))
        except EventExists:
            await self._meet_again(step)
            return
        await self._landed(step, event)

    async def _become_instance(self, step: Step, instance: Event) -> None:
        """A moved date of a series is that instance, moved."""
        said = step.body or {}
        body = {"summary": said["summary"], "status": "confirmed"}
        body |= {name: {"date": None, "dateTime": None, "timeZone": None} | said[name] for name in ("start", "end")}
        await self._set_link(step, event_id=instance["id"])
        event = await self._account.call(lambda client: client.patch(self._remote_id, instance["id"], body, ""))
        await self._landed(step, event)

    async def _patch(self, step: Step) -> None:
        body = step.body or {}
        try:
            event = await self._account.call(
                lambda client: client.patch(self._remote_id, step.event_id, body, step.etag)
            )
        except (EventChanged, EventGone):
            await self._meet_again(step)
            return
        await self._landed(step, event)

    async def _delete(self, step: Step) -> None:
        try:
            await self._account.call(lambda client: client.delete(self._remote_id, step.event_id, step.etag))
        except EventGone:
            pass
        except EventChanged:
            await self._meet_again(step)
            return
        async with self._sessions() as session:
            link = await session.get(CalendarLink, step.link_id)
            if link is None:
                return
            await session.execute(sa.delete(CalendarLink).where(*self._dates_of(link.event_id)))
            if link.status == LinkStatus.OFF and link.task_id is not None:
                link.etag, link.base = "", {}
            else:
                await session.delete(link)

    async def _look(self, step: Step) -> None:
        """A series has another schedule: moved dates that were dropped with the old one lose their links, so that their
        tasks get events again."""
        async with self._sessions() as session:
            query = sa.select(col(CalendarLink.id), col(CalendarLink.event_id)).where(*self._dates_of(step.event_id))
            links = list(await session.execute(query))
        lost = [link_id for link_id, event_id in links if (await self._found(event_id)).get("status") == "cancelled"]
        async with self._sessions() as session:
            await session.execute(sa.delete(CalendarLink).where(col(CalendarLink.id).in_(lost)))
            pair = await pair_of_link(session, step.link_id)
            if pair is not None:
                pair.link.base = {name: value for name, value in pair.link.base.items() if name != "look"}

    def _dates_of(self, series_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        """The links of moved dates of a series that are in the calendar; those on their way there find what is left."""
        links = col(CalendarLink.calendar_id) == self._calendar.id, col(CalendarLink.series_event_id) == series_id
        return (*links, col(CalendarLink.etag) != "")

    async def _cancel(self, step: Step) -> None:
        instance = await self._instance(step.event_id, step.original)
        if instance is not None and instance.get("status") != "cancelled":
            event_id = instance["id"]
            with suppress(EventGone):
                await self._account.call(lambda client: client.delete(self._remote_id, event_id, ""))
        await self._date_agreed(step, gone=True)

    async def _restore(self, step: Step) -> None:
        instance = await self._instance(step.event_id, step.original)
        if instance is not None and instance.get("status") == "cancelled":
            event_id, body = instance["id"], step.body or {}
            await self._account.call(lambda client: client.patch(self._remote_id, event_id, body, ""))
        await self._date_agreed(step, gone=False)

    async def _instance(self, series_id: str, original: str) -> Event | None:
        try:
            return await self._account.call(lambda client: client.instance(self._remote_id, series_id, original))
        except EventGone:
            return None

    async def _found(self, event_id: str) -> Event:
        """An event as it is now; a tombstone for one that is gone."""
        try:
            return await self._account.call(lambda client: client.get(self._remote_id, event_id))
        except EventGone:
            return {"id": event_id, "status": "cancelled"}

    async def _date_agreed(self, step: Step, *, gone: bool) -> None:
        async with self._sessions() as session:
            pair = await pair_of_link(session, step.link_id)
            if pair is None or (base := pair.base) is None:
                return
            days = pair.gone | {step.day} if gone else pair.gone - {step.day}
            pair.agree(base, gone=days)

    async def _landed(self, step: Step, event: Event) -> None:
        """The calendar says what we said."""
        async with self._sessions() as session:
            await because(session, f"{CAUSE}{self._calendar.id}")
            pair = await pair_of_link(session, step.link_id)
            if pair is None or step.content is None:
                return
            pair.agree(step.content)
            pair.link.etag, pair.link.href = str(event.get("etag", "")), str(event.get("htmlLink", ""))
            pair.link.status, pair.link.error = LinkStatus.SYNCED, ""
            pair.link.written_at = now()

    async def _meet_again(self, step: Step) -> None:
        """The event is not what we thought: look at it, and settle it as if it had come by itself."""
        event = await self._found(step.event_id)
        async with self._sessions() as session:
            await because(session, f"{CAUSE}{self._calendar.id}")
            pair = await pair_of_link(session, step.link_id)
            if pair is None:
                return
            zone = await person_zone(session)
            skew = self._account.skew
            settler = Settler(session, self._user_id, self._calendar.id, zone, skew)
            await settler.settle(pair, event)
