"""A phase for each task of the backlog: found, looked at, changed at will, then kept; and starts for them if wanted."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.errors import Conflict, UserError
from buildos_app.phases.backlog import PlaceFound, find_places, place
from buildos_app.phases.facts import ProjectFacts
from buildos_app.phases.queries import load_facts
from buildos_app.phases.schedule import MOST_AT_ONCE
from buildos_app.phrases.text import counted
from buildos_app.projects.undo import remembered
from buildos_app.ui.pages.phases.schedule_state import ScheduleState
from buildos_app.ui.pages.phases.state import AGAIN, Place
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.tasks.undo import offer_undo


@dataclass(frozen=True)
class BacklogRow:
    """A task and the phase that was found or chosen for it; without one it stays in the backlog."""

    id: str
    title: str
    phase_id: str
    why: str


class BacklogState(SessionState):
    """`more` counts the tasks that go where they were found to belong without being among the rows;
    `_found` are all tasks that the backlog held when the dialog opened."""

    is_open: bool = False
    rows: list[BacklogRow] = []
    places: list[Place] = []
    more: int = 0
    count: int = 0
    has_calendar: bool = False
    error: str = ""
    _found: set[UUID] = set()

    @rx.event
    async def open(self):
        """Find a phase for every open task of the backlog."""
        async with self._db() as session:
            facts = await load_facts(session, self._user_id, project_of(self))
        found = find_places(facts)
        self._found = set(found)
        titles = {task.id: task.title for task in facts.tasks}
        rows = [BacklogRow(str(key), titles[key], str(each.phase_id), each.reason) for key, each in found.items()]
        self.rows, self.more, self.count = rows[:MOST_AT_ONCE], max(0, len(rows) - MOST_AT_ONCE), len(rows)
        self.places = [Place(str(phase.id), phase.name) for phase in facts.phases if phase.end_date >= facts.today]
        self.has_calendar = await the_ports().free_busy.is_connected(self._user_id)
        self.error, self.is_open = "", True

    @rx.event
    async def choose(self, task_id: str, phase_id: str):
        """Another phase for a task; empty leaves it in the backlog."""
        if phase_id not in ("", *(each.id for each in self.places)):
            return
        chosen = {"phase_id": phase_id, "why": "chosen by hand" if phase_id else ""}
        self.rows = [replace(row, **chosen) if row.id == task_id else row for row in self.rows]
        self.count = self.more + sum(row.phase_id != "" for row in self.rows)

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Put the tasks into their phases; with `starts` the starts that were found for them are shown next."""
        try:
            async with self._db() as session:
                places = self._chosen(await load_facts(session, self._user_id, project_of(self), lock=True))
                async with remembered(session, list(places), places=True) as undo:
                    await place(session, self._user_id, places)
        except UserError as error:
            self.error = str(error)
            return None
        self._close()
        said = f"{counted(len(places), 'task')} put into phases"
        if form.get("starts"):
            try:
                await (await self.get_state(ScheduleState))._find(None, only=set(places))
            except UserError as error:  # the tasks are in their phases all the same
                said = f"{said}. {error}"
        await offer_undo(self, said, undo)
        return AGAIN

    @rx.event
    async def close(self):
        """Change nothing."""
        self._close()

    def _chosen(self, facts: ProjectFacts) -> dict[UUID, PlaceFound]:
        """What was found, as the rows have changed it. Raises InvalidInput, Conflict."""
        found = {key: each for key, each in find_places(facts).items() if key in self._found}
        rows = {parse_id(row.id): row for row in self.rows}
        phases = {str(phase.id): phase.id for phase in facts.phases}
        if rows.keys() - found.keys() or any(row.phase_id and row.phase_id not in phases for row in rows.values()):
            raise Conflict("Some of these tasks or phases changed meanwhile. Look at them again.")
        chosen = {key: PlaceFound(phases[row.phase_id], row.why) for key, row in rows.items() if row.phase_id}
        return {key: each for key, each in found.items() if key not in rows} | chosen

    def _close(self) -> None:
        self.is_open, self.rows, self.error, self._found = False, [], "", set()
