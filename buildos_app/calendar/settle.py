"""What an event of the other side means for its task: applied in the caller's transaction, with a ledger."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar import rules
from buildos_app.calendar.content import UNREADABLE, Content, of_event, task_changes
from buildos_app.calendar.merge import Outcome, merge, on_deletion
from buildos_app.calendar.tasks import Pair, content_of
from buildos_app.calendar_port import Event
from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.models.calendar import CalendarConflict, CalendarLink, LinkStatus, Side
from buildos_app.models.project import Task, TaskStatus
from buildos_app.notifications.events import CalendarConflictFound
from buildos_app.notifications.notify import notify
from buildos_app.projects.series import Scope, bring_back_date, change_series, delete_from_series, end_series, make_date
from buildos_app.projects.tasks import change_task, restore_tasks

logger = logging.getLogger(__name__)

MARK = "buildosTask"


class Settler:
    """Settles events of one calendar, within one transaction."""

    def __init__(
        self, session: AsyncSession, user_id: UUID, calendar_id: UUID, zone: ZoneInfo, skew: timedelta
    ) -> None:
        self._session, self._user_id, self._calendar_id = session, user_id, calendar_id
        self._zone, self._skew = zone, skew
        self.changed = 0

    async def settle(self, pair: Pair, event: Event) -> None:
        """An event that has a link: take over what is new in it."""
        if pair.link.status == LinkStatus.OFF or event.get("etag") == pair.link.etag != "":
            return
        if event.get("status") == "cancelled":
            await self.deleted(pair, self._when(event))
            return
        if (theirs := self._read(event)) is None:
            return
        await self._meet(pair, theirs, self._when(event))
        gone = pair.gone_under(theirs) | {str(day) for day in rules.excluded(event.get("recurrence") or [], self._zone)}
        for day in sorted(gone - pair.gone):
            await self._leave_out(pair, day)
        pair.agree(theirs, gone=gone)
        pair.link.etag, pair.link.href = str(event.get("etag", "")), str(event.get("htmlLink", ""))
        pair.link.status = LinkStatus.SYNCED
        await self._session.flush()

    async def settle_instance(self, series: Pair, event: Event) -> None:
        """One instance of a linked series was moved, changed, deleted or brought back on the other side."""
        if series.task is None or series.link.status == LinkStatus.OFF or "originalStartTime" not in event:
            return
        if (day := self._day(event)) is None:
            return
        if event.get("status") == "cancelled":
            if str(day) not in series.gone:
                await self._leave_out(series, str(day))
                self._agree_gone(series, series.gone | {str(day)})
            return
        if (theirs := self._read(event)) is None:
            return
        if self._is_as_usual(series, theirs, day):
            if str(day) in series.gone:
                await bring_back_date(self._session, series.task.id, day)
                self._agree_gone(series, series.gone - {str(day)})
            return
        await self._detach(series, event, theirs, day)

    async def adopt(self, event: Event, task: Task, linked_event_id: str) -> None:
        """An event without a link that carries our mark: the event of a task, or the rest of a split series."""
        if (theirs := self._read(event)) is None:
            return
        if not linked_event_id:
            if content_of(task, self._zone) is None:
                return
            pair = Pair(self._new_link(task.id, event, theirs), task)
            pair.link.base = {}
            await self._meet(pair, theirs, self._when(event))
            pair.agree(theirs)
            return
        if not (theirs.rule and task.recurrence_pattern) or linked_event_id == event["id"]:
            return  # a copy that a person made: theirs alone
        day = theirs.day(self._zone)
        try:
            async with self._session.begin_nested():
                changes = task_changes(theirs, None, self._zone)
                rest = await change_series(self._session, task.id, day, Scope.FOLLOWING, changes)
        except UserError as error:
            logger.info("the rest of a series stays in the calendar only: %s", error)
            return
        if rest != task.id:
            self._new_link(rest, event, theirs)
            self.changed += 1

    def _read(self, event: Event) -> Content | None:
        """What an event says; None, and a line in the log, for one that cannot be read: the sync goes on."""
        try:
            return of_event(event, self._zone)
        except UNREADABLE:
            logger.warning("an event of calendar %s cannot be read, and is left alone", self._calendar_id)
            return None

    def _day(self, event: Event) -> date | None:
        """On which day of its series an instance stands; None for one that cannot be read."""
        try:
            return _day(event["originalStartTime"], self._zone)
        except UNREADABLE:
            logger.warning("an instance in calendar %s cannot be read, and is left alone", self._calendar_id)
            return None

    async def deleted(self, pair: Pair, at: datetime) -> None:
        """The event is gone on the other side."""
        base, ours = pair.base, pair.ours(self._zone)
        if base is None or ours is None or pair.task is None:
            await self._session.delete(pair.link)
            return
        outcome, conflict = on_deletion(base, ours, theirs_is_newer=at > pair.task.updated_at)
        if conflict:
            self._keep_both(pair, ours, {}, at, theirs_won=outcome == Outcome.UNSCHEDULE)
        await self._session.delete(pair.link)
        await self._session.flush()
        if outcome == Outcome.UNSCHEDULE:
            await self._unschedule(pair.task)

    async def _meet(self, pair: Pair, theirs: Content, at: datetime) -> None:
        base, ours, task = pair.base, pair.ours(self._zone), pair.task
        if task is None or theirs in (base, ours):
            return
        if ours is None or base is None:
            await self._meet_the_absent(pair, theirs, at)
            return
        merged = merge(base, ours, theirs, theirs_is_newer=at > task.updated_at)
        if merged.is_conflict:
            self._keep_both(pair, ours, theirs.as_json(), at, theirs_won=merged.theirs_won)
        if merged.content != ours:
            await self._write(pair, merged.content, ours)

    async def _meet_the_absent(self, pair: Pair, theirs: Content, at: datetime) -> None:
        """Our side took the task out of the calendar, and theirs changed it: the newer holds, but done stays done."""
        task = pair.task
        assert task is not None  # noqa: S101 - the caller saw it
        wins = at > task.updated_at and task.status != TaskStatus.DONE
        ours = content_of(task, self._zone)
        self._keep_both(pair, ours, theirs.as_json(), at, theirs_won=wins)
        if not wins:
            return
        if task.deleted_at is not None:
            await restore_tasks(self._session, [task.id])
        await self._write(pair, theirs, None)

    async def _write(self, pair: Pair, content: Content, before: Content | None) -> None:
        task = pair.task
        assert task is not None  # noqa: S101 - the callers saw it
        self.changed += 1
        try:
            async with self._session.begin_nested():
                await change_task(
                    self._session, task.id, task_changes(content, before, self._zone), outside_project=True
                )
            pair.link.error = ""
        except UserError as error:  # what the person's task cannot be; their version is kept in the ledger
            pair.link.error = str(error)
            self._keep_both(pair, before, content.as_json(), now(), theirs_won=False)
        await self._session.refresh(task)
        self._remember_foreign_rule(pair, content)

    def _remember_foreign_rule(self, pair: Pair, content: Content) -> None:
        """A repetition that our tasks cannot have stays in Google as it is."""
        base = {name: value for name, value in pair.link.base.items() if name != "foreign"}
        ours = content_of(pair.task, self._zone)
        if ours is not None and content.rule and rules.pattern_of(content.rule, content.day(self._zone)) is None:
            logger.info("a repetition is kept as the calendar has it: %s", content.rule)
            base["foreign"] = {"for": [ours.rule, ours.ends], "rule": content.rule, "ends": content.ends}
        pair.link.base = base

    async def _unschedule(self, task: Task) -> None:
        self.changed += 1
        if task.recurrence_pattern:
            await end_series(self._session, task.id)
        else:
            nothing = {"start_date": None, "start_has_time": False}
            await change_task(self._session, task.id, nothing, outside_project=True)

    async def _leave_out(self, series: Pair, day: str) -> None:
        assert series.task is not None  # noqa: S101 - the callers saw it
        on = date.fromisoformat(day)
        try:
            async with self._session.begin_nested():
                await make_date(self._session, series.task.id, on)
                await delete_from_series(self._session, series.task.id, on, Scope.THIS)
            self.changed += 1
        except UserError as error:
            logger.debug("a date is settled here already, or its series is gone: %s", error)

    async def _detach(self, series: Pair, event: Event, theirs: Content, day: date) -> None:
        assert series.task is not None  # noqa: S101 - the caller saw it
        changes = task_changes(theirs, None, self._zone)
        try:
            async with self._session.begin_nested():
                await make_date(self._session, series.task.id, day)
                task_id = await change_series(self._session, series.task.id, day, Scope.THIS, changes)
        except UserError as error:
            logger.info("a moved date stays in the calendar only: %s", error)
            return
        self.changed += 1
        link = self._new_link(task_id, event, theirs)
        link.series_event_id = series.link.event_id
        link.original_start = _text(event["originalStartTime"])

    def _is_as_usual(self, series: Pair, theirs: Content, day: date) -> bool:
        usual = Content.from_json(series.link.base.get("content", {}))
        if usual is None or series.task is None:
            return True
        start = usual.start_on(day, self._zone)
        return theirs.title == usual.title and theirs.start == start and theirs.minutes == usual.minutes

    def _new_link(self, task_id: UUID, event: Event, content: Content) -> CalendarLink:
        link = CalendarLink(
            user_id=self._user_id,
            calendar_id=self._calendar_id,
            task_id=task_id,
            event_id=str(event["id"]),
            etag=str(event.get("etag", "")),
            href=str(event.get("htmlLink", "")),
            status=LinkStatus.SYNCED,
            base={"content": content.as_json(), "gone": []},
        )
        self._session.add(link)
        return link

    def _agree_gone(self, series: Pair, gone: set[str]) -> None:
        if (base := series.base) is not None:
            series.agree(base, gone=gone)

    def _keep_both(
        self, pair: Pair, ours: Content | None, theirs: Mapping[str, Any], at: datetime, *, theirs_won: bool
    ) -> None:
        task = pair.task
        assert task is not None  # noqa: S101 - the callers saw it
        conflict = CalendarConflict(
            user_id=self._user_id,
            task_id=task.id,
            title=task.title,
            ours=ours.as_json() if ours else {},
            theirs=dict(theirs),
            ours_at=task.updated_at,
            theirs_at=at,
            winner=Side.THEIRS if theirs_won else Side.OURS,
        )
        self._session.add(conflict)
        notify(self._session, self._user_id, CalendarConflictFound(title=task.title, theirs_won=theirs_won))

    def _when(self, event: Event) -> datetime:
        """When the event changed, by our clock."""
        text = event.get("updated")
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")) - self._skew if text else now()


async def find_marked(session: AsyncSession, events: list[Event]) -> dict[str, tuple[Task, str]]:
    """The tasks that unlinked events say they belong to, with the id of the event that each has already."""
    marks: dict[str, UUID] = {}
    for event in events:
        mark = event.get("extendedProperties", {}).get("private", {}).get(MARK, "")
        try:
            marks[str(event["id"])] = UUID(str(mark))
        except ValueError:
            continue
    if not marks:
        return {}
    query = (
        sa.select(Task, col(CalendarLink.event_id))
        .outerjoin(CalendarLink, col(CalendarLink.task_id) == col(Task.id))
        .where(col(Task.id).in_(set(marks.values())))
    )
    found = {row[0].id: (row[0], row[1] or "") for row in await session.execute(query)}
    return {event_id: found[task_id] for event_id, task_id in marks.items() if task_id in found}


def _day(start: Mapping[str, Any], zone: ZoneInfo) -> date:
    if start.get("date"):
        return date.fromisoformat(start["date"])
    moment = datetime.fromisoformat(str(start["dateTime"]).replace("Z", "+00:00"))
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()


def _text(start: Mapping[str, Any]) -> str:
    return str(start.get("dateTime") or start.get("date"))
