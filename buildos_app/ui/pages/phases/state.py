"""A project's phases as a board and as a timeline, its backlog, and the job that plans them."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

import reflex as rx
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import now, zone
from buildos_app.errors import UserError
from buildos_app.models.queue import JobStatus
from buildos_app.phases.columns import (
    BACKLOG,
    MOST_ROWS,
    REPEATING,
    SHOWN,
    Column,
    Cursor,
    count_columns,
    list_dates,
    read_column,
    read_columns,
)
from buildos_app.phases.facts import PhaseView
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.phases.queries import list_phases
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.instances import person_now
from buildos_app.projects.lists import Which
from buildos_app.projects.queries import TaskView
from buildos_app.projects.tasks import toggle_task
from buildos_app.projects.undo import remembered
from buildos_app.queue.client import cancel_job
from buildos_app.queue.queries import JobView, find_latest_job
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.job_views import NO_JOB, JobCard, job_card
from buildos_app.ui.pages.phases.cards import PhaseCard, cards_of, with_row
from buildos_app.ui.pages.phases.timeline_views import Scale, scale_of
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import TaskRow


@dataclass(frozen=True)
class Place:
    """Where a task can be moved to."""

    id: str
    name: str


class PhasesState(SessionState):
    """The job is followed by announcements, by the row itself on a reload, and over HTTP while the socket is down.

    `which` filters the tasks, empty for all; `filters` those of one phase, by its id, in its place. `opened` is the
    column that is shown by itself with all of its tasks, a page at a time: never more than a hundred rows are here.
    """

    ready: bool = False
    layout: str = "board"
    which: str = ""
    filters: dict[str, str] = {}
    phases: list[PhaseCard] = []
    backlog: list[TaskRow] = []
    backlog_count: int = 0
    backlog_more: int = 0
    repeating: list[TaskRow] = []
    repeating_count: int = 0
    repeating_more: int = 0
    places: list[Place] = []
    scale: Scale = Scale()
    late: int = 0
    opened: str = ""
    opened_name: str = ""
    opened_tasks: list[TaskRow] = []
    opened_first: int = 0
    opened_count: int = 0
    has_next: bool = False
    job: JobCard = NO_JOB
    is_planning: bool = False
    failure: str = ""
    _timezone: str = "UTC"
    _cursors: list[Cursor] = []
    _next: Cursor | None = None

    @rx.event
    async def load(self):
        """Read the phases of this address again; a project that is missing, the frame tells."""
        try:
            await self._read(project_of(self))
        except UserError:
            return
        self.ready = True

    @rx.event
    async def lay_out(self, layout: str):
        """Board or timeline."""
        self.layout, self.opened = "timeline" if layout == "timeline" else "board", ""
        return PhasesState.load

    @rx.event
    async def show(self, which: str):
        """Choose a filter for every column; empty for every task."""
        self.which, self.filters, self._cursors = which if which in SHOWN else "", {}, []
        return PhasesState.load

    @rx.event
    async def show_in(self, column: str, which: str):
        """Choose a filter for one phase."""
        if column in (place.id for place in self.places):
            self.filters = {**self.filters, column: which if which in SHOWN else ""}
        return PhasesState.load

    @rx.event
    async def open_column(self, column: str):
        """Show one phase, the backlog, or what repeats by itself; empty for the whole board."""
        columns = (BACKLOG, REPEATING, *(place.id for place in self.places))
        self.opened, self._cursors = column if column in columns else "", []
        return PhasesState.load

    @rx.event
    async def turn_page(self, step: int):
        """The next tasks of the opened column, or those before."""
        if step > 0 and self._next is not None:
            self._cursors = [*self._cursors, self._next]
        elif step < 0:
            self._cursors = self._cursors[:-1]
        return PhasesState.load

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        key = parse_id(task_id)
        async with self._db() as session, remembered(session, [key]) as undo:
            task = await toggle_task(session, key)
        row = task_row_of(task, self._timezone, show_project=False)
        self.phases = [with_row(phase, row) for phase in self.phases]
        self.backlog, self.repeating = replaced(self.backlog, row), replaced(self.repeating, row)
        self.opened_tasks = replaced(self.opened_tasks, row)
        await offer_undo(self, f"“{task.title}” {'done' if task.is_done else 'open again'}", undo)
        return ProjectState.load

    @rx.event
    async def cancel_job(self):
        """Stop the planning."""
        if not self.job.id:
            return None
        async with self._db() as session:
            await cancel_job(session, parse_id(self.job.id))
        return PhasesState.load

    async def _read(self, project_id: UUID) -> None:
        """What the tab shows. Raises NotFound."""
        async with self._db() as session:
            zone_now = await person_now(session)
            self._timezone = str(zone_now.tzinfo)
            phases = await list_phases(session, project_id)
            job = await find_latest_job(session, GeneratePhases.job_type, {"project_id": str(project_id)})
            dates = await list_dates(session, project_id, zone_now) if self.layout == "timeline" else []
            if self.opened not in (BACKLOG, REPEATING, *(str(phase.id) for phase in phases)):
                self.opened = ""
            columns = await self._read_columns(session, project_id, zone_now, phases)
        today = zone_now.date()
        self.scale = scale_of(phases, today)
        self.phases = cards_of(phases, columns, dates, self._timezone, today, {"": self.which, **self.filters})
        self.places = [Place(card.id, card.name) for card in self.phases]
        waiting, repeating = columns[BACKLOG], columns[REPEATING]
        self.backlog, self.repeating = self._rows(waiting.tasks), self._rows(repeating.tasks)
        self.backlog_count, self.backlog_more = waiting.found, waiting.found - len(waiting.tasks)
        self.repeating_count, self.repeating_more = repeating.found, repeating.found - len(repeating.tasks)
        self.late = sum(column.late for column in columns.values())
        self._show_job(job)

    async def _read_columns(
        self, session: AsyncSession, project_id: UUID, zone_now: datetime, phases: list[PhaseView]
    ) -> dict[str, Column]:
        """The rows of every column, or a page of the one that is opened."""
        midnight = at_local(zone_now.date(), time(), zone_now)
        ids = [phase.id for phase in phases]
        self.filters = {key: self.filters[key] for key in map(str, ids) if key in self.filters}
        chosen = {"": self.which, **self.filters}
        which = {key: Which(each) if each else None for key, each in chosen.items()}
        if not phases:
            which[""] = which[""] or Which.ACTIVE  # a project without phases shows what there is to plan
        if not self.opened:
            self.opened_tasks, self._next = [], None
            return await read_columns(session, project_id, midnight, which, ids)
        columns = await count_columns(session, project_id, midnight, which, ids)
        after = self._cursors[-1] if self._cursors else None
        page = await read_column(session, project_id, midnight, which, self.opened, after)
        names = {str(phase.id): phase.name for phase in phases} | {BACKLOG: "Backlog", REPEATING: "Repeating"}
        self.opened_name = names[self.opened]
        self.opened_tasks, self._next, self.has_next = self._rows(page.tasks), page.cursor, page.cursor is not None
        self.opened_first, self.opened_count = MOST_ROWS * len(self._cursors) + 1, columns[self.opened].found
        return columns

    def _rows(self, tasks: list[TaskView]) -> list[TaskRow]:
        return [task_row_of(task, self._timezone, show_project=False) for task in tasks]

    def _show_job(self, job: JobView | None) -> None:
        self.job = job_card(job, now(), zone(self._timezone)) if job is not None else NO_JOB
        self.is_planning = job is not None and job.is_live
        self.failure = self.job.detail if self.job.state == JobStatus.FAILED else ""


read_again(routes.phases("*"), PhasesState.load)
AGAIN = [ProjectState.load, PhasesState.load]
"""What is read again after a change of phases, or of tasks in them."""
