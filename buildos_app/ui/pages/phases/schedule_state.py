"""Starts for the tasks of one phase or of all, to look at, to change and to keep; and the ways to take them away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.errors import InvalidInput, UserError
from buildos_app.phases.backlog import find_places, place
from buildos_app.phases.facts import ProjectFacts
from buildos_app.phases.queries import load_facts
from buildos_app.phases.schedule import ProposedStart, conflicts, is_movable, keep_starts, propose_starts, unschedule
from buildos_app.phrases.wall_clock import at_local
from buildos_app.ports import BUSY_KNOWN, Busy
from buildos_app.projects.undo import remembered
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import counted, moment_words

AGAIN = [ProjectState.load, PhasesState.load]


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
    """`mode` says which dialog is open: schedule, unschedule. Nothing is changed before it is confirmed."""

    mode: str = ""
    title: str = ""
    rows: list[StartRow] = []
    count: int = 0
    has_calendar: bool = False
    error: str = ""

    @rx.event
    async def open(self, phase_id: str):
        """Find starts for a phase; empty for all of them."""
        facts, busy = await self._facts()
        ids = {parse_id(phase_id)} if phase_id else {phase.id for phase in facts.phases}
        found = propose_starts(facts, ids, busy)
        name = next((phase.name for phase in facts.phases if {phase.id} == ids), "") if phase_id else ""
        self.title = f"Schedule “{name}”" if name else "Schedule all phases"
        chosen = {each.task.id: each.start for each in found}
        self.rows = [_row(each, facts, chosen, busy) for each in found]
        self.count, self.mode, self.error = len(self.rows), "schedule", ""

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
                facts = await load_facts(session, self._user_id, project_of(self))
                starts = self._chosen(facts)
                async with remembered(session, list(starts), places=True) as undo:
                    await keep_starts(session, self._user_id, facts.id, starts)
        except UserError as error:
            self.error = str(error)
            return None
        self.mode = ""
        await offer_undo(self, f"{counted(len(starts), 'task')} scheduled", undo)
        return AGAIN

    @rx.event
    async def ask_unschedule(self):
        """Ask what is to be taken away."""
        self.mode, self.error = "unschedule", ""

    @rx.event
    async def unschedule(self, form: dict[str, Any]):
        """Take starts, or places in phases, away from every open task that does not repeat."""
        try:
            async with self._db() as session:
                facts = await load_facts(session, self._user_id, project_of(self), lock=True)
                placed = {task_id for phase in facts.phases for task_id in phase.tasks}
                dates, phases = bool(form.get("dates")), bool(form.get("phases"))
                ids = [
                    task.id
                    for task in facts.tasks
                    if is_movable(task) and ((dates and task.start_date) or (phases and task.id in placed))
                ]
                if not ids and (dates or phases):
                    raise InvalidInput("No open task has any of that.")
                async with remembered(session, ids, places=True) as undo:
                    await unschedule(session, ids, dates=dates, phases=phases)
        except UserError as error:
            self.error = str(error)
            return None
        self.mode = ""
        await offer_undo(self, f"{counted(len(ids), 'task')} unscheduled", undo)
        return AGAIN

    @rx.event
    async def assign_backlog(self):
        """Find a phase for every open task of the backlog."""
        async with self._db() as session:
            places = find_places(await load_facts(session, self._user_id, project_of(self), lock=True))
            async with remembered(session, list(places), places=True) as undo:
                await place(session, self._user_id, places)
        await offer_undo(self, f"{counted(len(places), 'task')} put into phases", undo)
        return AGAIN

    @rx.event
    async def close(self):
        """Change nothing."""
        self.mode, self.rows, self.error = "", [], ""

    async def _facts(self) -> tuple[ProjectFacts, list[Busy]]:
        """The project, and what the person's calendar holds in the time to come."""
        async with self._db() as session:
            facts = await load_facts(session, self._user_id, project_of(self))
        calendar = the_ports().free_busy
        self.has_calendar = await calendar.is_connected(self._user_id)
        if not self.has_calendar:
            return facts, []
        last = at_local((facts.now + BUSY_KNOWN).date(), time(), facts.now)
        return facts, await calendar.busy_times(self._user_id, facts.now, last)

    async def _judge(self) -> None:
        """Say of every row what speaks against it now."""
        facts, busy = await self._facts()
        known = {str(task.id): task for task in facts.tasks}
        self.error, chosen = "", {}
        try:
            chosen = self._chosen(facts)
        except InvalidInput as error:
            self.error = str(error)
        self.rows = [
            replace(row, warning=_words(conflicts(facts, known[row.id], chosen[UUID(row.id)], chosen, busy)))
            if row.id in known and UUID(row.id) in chosen
            else replace(row, warning="")
            for row in self.rows
        ]
        self.count = sum(row.on for row in self.rows)

    def _chosen(self, facts: ProjectFacts) -> dict[UUID, datetime]:
        """The ticked rows. Raises InvalidInput for what is no moment."""
        return {parse_id(row.id): _moment(row.at, facts.now, row.title) for row in self.rows if row.on}


def _moment(text: str, now: datetime, title: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"Choose a day and a time for “{title[:60]}”.") from None
    if local.tzinfo is not None or not 2000 <= local.year <= 2200:
        raise InvalidInput(f"Choose a day and a time for “{title[:60]}”.")
    return at_local(local.date(), local.time(), now)


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
    return "; ".join(problems[:3]).capitalize() if problems else ""
