"""A project's phases as a board and as a timeline, its backlog, and the job that plans them."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import local_now
from buildos_app.errors import UserError
from buildos_app.phases.facts import PhaseView
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.phases.queries import list_phases
from buildos_app.projects.queries import list_project_tasks
from buildos_app.projects.tasks import toggle_task
from buildos_app.projects.undo import remembered
from buildos_app.queue.client import cancel_job
from buildos_app.queue.queries import JobView, find_latest_job
from buildos_app.queue.words import failure_words
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.phases.timeline_views import Dot, Scale, scale_of
from buildos_app.ui.pages.project.state import ProjectState, dates_words, phase_state, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import Chip, TaskRow

BACKLOG = "backlog"


@dataclass(frozen=True)
class PhaseCard:
    """A phase with its tasks. `left` and `width` place its bar in the timeline, `dots` its dated tasks."""

    id: str
    name: str
    description: str
    dates: str
    state: Chip
    progress: str
    percent: int
    is_over: bool
    is_first: bool
    is_last: bool
    left: str
    width: str
    dots: list[Dot]
    tasks: list[TaskRow]


@dataclass(frozen=True)
class Place:
    """Where a task can be moved to."""

    id: str
    name: str


@dataclass(frozen=True)
class JobLine:
    """The job that plans, as the card of its progress draws it; it has no id while nothing runs."""

    id: str = ""
    state: str = ""
    percent: int = 0
    message: str = ""


class PhasesState(SessionState):
    """The job is followed by announcements, by the row itself on a reload, and over HTTP while the socket is down."""

    ready: bool = False
    layout: str = "board"
    phases: list[PhaseCard] = []
    backlog: list[TaskRow] = []
    places: list[Place] = []
    scale: Scale = Scale()
    late: int = 0
    job: JobLine = JobLine()
    is_planning: bool = False
    failure: str = ""
    _timezone: str = "UTC"

    @rx.event
    async def load(self):
        """Read the phases of this address again; a project that is missing, the frame tells."""
        try:
            project_id = project_of(self)
            async with self._db() as session:
                timezone = (await get_profile(session, self._user_id)).timezone
                tasks = await list_project_tasks(session, project_id)
                phases = await list_phases(session, project_id)
                job = await find_latest_job(session, GeneratePhases.job_type, {"project_id": str(project_id)})
        except UserError:
            return
        self._timezone = timezone
        today = local_now(timezone).date()
        rows = {task.id: task_row_of(task, timezone, show_project=False) for task in tasks}
        days = {task.id: task.moment.astimezone(local_now(timezone).tzinfo).date() for task in tasks if task.moment}
        self.scale = scale_of(phases, today)
        self.phases = _cards(phases, rows, days, today)
        self.places = [Place(card.id, card.name) for card in self.phases]
        placed = {task_id for phase in phases for task_id in phase.tasks}
        self.backlog = [rows[task.id] for task in tasks if task.id not in placed and (phases or not task.is_done)]
        self.late = sum(
            task.id in days and days[task.id] < today and not task.is_done and task.recurrence_pattern is None
            for task in tasks
        )
        self._show_job(job)
        self.ready = True

    @rx.event
    async def lay_out(self, layout: str):
        """Board or timeline."""
        self.layout = "timeline" if layout == "timeline" else "board"

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        key = parse_id(task_id)
        async with self._db() as session, remembered(session, [key]) as undo:
            task = await toggle_task(session, key)
        row = task_row_of(task, self._timezone, show_project=False)
        self.phases = [_counted(replace(phase, tasks=replaced(phase.tasks, row))) for phase in self.phases]
        self.backlog = replaced(self.backlog, row)
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

    def _show_job(self, job: JobView | None) -> None:
        self.is_planning = job is not None and job.is_live
        self.failure = failure_words(job.error_message) if job is not None and job.status == "failed" else ""
        if job is None or not job.is_live:
            self.job = JobLine()
            return
        step, steps = job.progress.get("current"), job.progress.get("total")
        words = str(job.progress.get("message") or "Waits for the worker")
        words = f"{words} · step {step} of {steps}" if step and steps else words
        words = "The model could not answer; it is asked again soon" if job.status == "retrying" else words
        words = "Stops at its next step" if job.cancel_requested else words
        self.job = JobLine(str(job.id), job.status, int(job.progress.get("percent", 0)), words)


read_again(routes.phases("*"), PhasesState.load)


def _cards(phases: list[PhaseView], rows: dict[UUID, TaskRow], days: dict[UUID, date], today: date) -> list[PhaseCard]:
    scale = scale_of(phases, today)
    cards = []
    for number, phase in enumerate(phases):
        tasks = {task_id: rows[task_id] for task_id in phase.tasks if task_id in rows}
        card = PhaseCard(
            id=str(phase.id),
            name=phase.name,
            description=phase.description,
            dates=dates_words(phase.start_date, phase.end_date),
            state=phase_state(phase.start_date, phase.end_date, today),
            progress="",
            percent=0,
            is_over=phase.end_date < today,
            is_first=number == 0,
            is_last=number == len(phases) - 1,
            left=scale.left(phase.start_date),
            width=scale.width(phase.start_date, phase.end_date),
            dots=[
                Dot(scale.middle(days[key]), row.title, row.done)
                for key, row in tasks.items()
                if key in days and scale.has(days[key])
            ],
            tasks=list(tasks.values()),
        )
        cards.append(_counted(card))
    return cards


def _counted(card: PhaseCard) -> PhaseCard:
    """The card with how far it is."""
    done, count = sum(task.done for task in card.tasks), len(card.tasks)
    if not count:
        return replace(card, progress="no tasks", percent=0)
    return replace(card, progress=f"{done} of {count} done", percent=round(100 * done / count))
