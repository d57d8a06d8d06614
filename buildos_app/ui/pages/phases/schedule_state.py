"""Starts for the tasks of one phase or of all, to look at, to change and to keep; and the ways to take them away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.errors import InvalidInput, UserError
from buildos_app.phases.facts import ProjectFacts
from buildos_app.phases.queries import load_facts
from buildos_app.phases.schedule import (
    MOST_AT_ONCE,
    ProposedStart,
    conflicts,
    keep_starts,
    propose_starts,
    to_unschedule,
    unschedule,
)
from buildos_app.phrases.text import counted
from buildos_app.phrases.wall_clock import at_local
from buildos_app.ports import BUSY_KNOWN, Busy
from buildos_app.projects.instances import person_now
from buildos_app.projects.undo import remembered
from buildos_app.ui.pages.phases.state import AGAIN
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_day, parse_id
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import moment_words


@dataclass(frozen=True)
class StartRow:
    """A task with the start that was found for it, `at` as the browser's own field writes it."""

    id: str
    title: str
    place: str
    at: str
    warning: str
    on: bool


class ScheduleState(SessionState):
    """`mode` says which dialog is open: schedule, unschedule. Nothing is changed before it is confirmed. `more` counts
    the starts that were found and are not among the rows; `_busy` is what the calendar held when the dialog opened."""

    mode: str = ""
    title: str = ""
    rows: list[StartRow] = []
    count: int = 0
    more: int = 0
    has_calendar: bool = False
    error: str = ""
    _busy: list[Busy] = []

    @rx.event
    async def open(self, phase_id: str):
        """Find starts for a phase; empty for all of them."""
        await self._find({parse_id(phase_id)} if phase_id else None)

    @rx.event
    async def turn(self, task_id: str):
        """Take a task in, or leave it as it is."""
        self.rows = [replace(row, on=row.on != (row.id == task_id)) for row in self.rows]
        await self._judge()

    @rx.event
    async def set_start(self, task_id: str, at: str):
        """Another start for a task."""
        self.rows = [replace(row, at=at[:16]) if row.id == task_id else row for row in self.rows]
        await self._judge()

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keep the starts that are ticked."""
        try:
            async with self._db() as session:
                starts = self._chosen(await person_now(session))
                async with remembered(session, list(starts), places=True) as undo:
                    await keep_starts(session, self._user_id, project_of(self), starts)
        except UserError as error:
            self.error = str(error)
            return None
        self._close()
        await offer_undo(self, f"{counted(len(starts), 'task')} scheduled", undo)
        return AGAIN

    @rx.event
    async def ask_unschedule(self):
        """Ask what is to be taken away."""
        self.mode, self.error = "unschedule", ""

    @rx.event
    async def unschedule(self, form: dict[str, Any]):
        """Take starts, or places in phases, away from every open task that does not repeat."""
        chosen = {"dates": bool(form.get("dates")), "phases": bool(form.get("phases"))}
        try:
            async with self._db() as session:
                facts = await load_facts(session, self._user_id, project_of(self), lock=True)
                ids = to_unschedule(facts, **chosen)
                async with remembered(session, ids, places=True) as undo:
                    await unschedule(session, ids, **chosen)
        except UserError as error:
            self.error = str(error)
            return None
        self._close()
        await offer_undo(self, f"{counted(len(ids), 'task')} unscheduled", undo)
        return AGAIN

    @rx.event
    async def close(self):
        """Change nothing."""
        self._close()

    async def _find(self, phase_ids: Collection[UUID] | None, only: Collection[UUID] | None = None) -> None:
        """Show starts for the tasks of these phases (None for all), or for these tasks. Raises InvalidInput."""
        facts = await self._facts()
        calendar = the_ports().free_busy
        self.has_calendar, self._busy = await calendar.is_connected(self._user_id), []
        if self.has_calendar:
            last = at_local((facts.now + BUSY_KNOWN).date(), time(), facts.now)
            self._busy = await calendar.busy_times(self._user_id, facts.now, last)
        phases = [phase for phase in facts.phases if phase_ids is None or phase.id in phase_ids]
        found = propose_starts(facts, {phase.id for phase in phases}, self._busy, only=only)
        self.title = f"Schedule “{phases[0].name}”" if phase_ids and phases else "Schedule all phases"
        if only is not None:
            self.title = "Schedule what came from the backlog"
        shown = found[:MOST_AT_ONCE]
        chosen = {each.task.id: each.start for each in shown}
        self.rows = [_row(each, facts, chosen, self._busy) for each in shown]
        self.count, self.more = len(shown), len(found) - len(shown)
        self.mode, self.error = "schedule", ""

    async def _judge(self) -> None:
        """Say of every row what speaks against it now."""
        facts = await self._facts()
        known = {str(task.id): task for task in facts.tasks}
        self.error, chosen = "", {}
        try:
            chosen = self._chosen(facts.now)
        except InvalidInput as error:
            self.error = str(error)
        self.rows = [
            replace(row, warning=_words(conflicts(facts, known[row.id], chosen[UUID(row.id)], chosen, self._busy)))
            if row.id in known and UUID(row.id) in chosen
            else replace(row, warning="")
            for row in self.rows
        ]
        self.count = sum(row.on for row in self.rows)

    async def _facts(self) -> ProjectFacts:
        async with self._db() as session:
            return await load_facts(session, self._user_id, project_of(self))

    def _chosen(self, now: datetime) -> dict[UUID, datetime]:
        """The ticked rows. Raises InvalidInput for what is no moment."""
        return {parse_id(row.id): _moment(row.at, now, row.title) for row in self.rows if row.on}

    def _close(self) -> None:
        self.mode, self.rows, self.error, self._busy = "", [], "", []


def _moment(text: str, now: datetime, title: str) -> datetime:
    """A moment of the person's clock, as a browser writes it. Raises InvalidInput."""
    wanted = f"Choose a day and a time for “{title[:60]}”."
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(wanted) from None
    if local.tzinfo is not None:
        raise InvalidInput(wanted)
    return at_local(parse_day(text, wanted), local.time(), now)


def _row(found: ProposedStart, facts: ProjectFacts, chosen: dict[UUID, datetime], busy: Sequence[Busy]) -> StartRow:
    local, was = found.start.astimezone(facts.now.tzinfo), found.task.start_date
    zone = facts.now.tzinfo
    before = f"was {moment_words(was, zone, facts.now, has_time=True)}" if was else ""
    return StartRow(
        id=str(found.task.id),
        title=found.task.title,
        place=" · ".join(filter(None, [found.phase.name, before])),
        at=f"{local:%Y-%m-%dT%H:%M}",
        warning=_words(conflicts(facts, found.task, found.start, chosen, busy)),
        on=True,
    )


def _words(problems: list[str]) -> str:
    """The first few of what speaks against a start, as one line."""
    line = "; ".join(problems[:3])
    return line[:1].upper() + line[1:]
