"""A project's phases, the plan that waits for a yes, and the job that makes one."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import local_now
from buildos_app.errors import UserError
from buildos_app.phases.accept import accept, discard
from buildos_app.phases.facts import PhaseView
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.phases.queries import ProposalView, get_open_proposal, list_phases
from buildos_app.projects.queries import get_project, list_project_tasks
from buildos_app.projects.tasks import toggle_task
from buildos_app.queue.client import add_job, cancel_job
from buildos_app.queue.queries import JobView, find_latest_job
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.project.state import ProjectState, dates_words, phase_state, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.views import Chip, TaskRow


@dataclass(frozen=True)
class PhaseCard:
    """A phase with its tasks, kept or proposed."""

    name: str
    description: str
    dates: str
    state: Chip
    tasks: list[TaskRow]


class PhasesState(SessionState):
    """The job is followed by announcements, and by the row itself on a reload."""

    phases: list[PhaseCard] = []
    backlog: list[TaskRow] = []
    proposal: list[PhaseCard] = []
    has_proposal: bool = False
    proposal_note: str = ""
    proposal_is_stale: bool = False
    job_state: str = ""
    job_percent: int = 0
    job_message: str = ""
    _proposal_id: str = ""
    _job_id: str = ""
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
                proposal = await get_open_proposal(session, self._user_id, project_id)
                job = await find_latest_job(session, GeneratePhases.job_type, {"project_id": str(project_id)})
        except UserError:
            return
        self._timezone = timezone
        today = local_now(timezone).date()
        rows = {task.id: task_row_of(task, timezone, show_project=False) for task in tasks}
        self.phases = [_phase_card(phase, rows, today) for phase in phases]
        placed = {task_id for phase in phases for task_id in phase.tasks}
        self.backlog = [rows[task.id] for task in tasks if task.id not in placed] if phases else []
        self._show_proposal(proposal, rows, today)
        self._show_job(job)

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        async with self._db() as session:
            task = await toggle_task(session, parse_id(task_id))
        row = task_row_of(task, self._timezone, show_project=False)
        self.phases = [replace(phase, tasks=replaced(phase.tasks, row)) for phase in self.phases]
        self.backlog = replaced(self.backlog, row)
        return ProjectState.load

    @rx.event
    async def generate(self):
        """Add the job; a second click while one runs joins it."""
        async with self._db() as session:
            project = await get_project(session, project_of(self))
            await add_job(session, self._user_id, GeneratePhases(project_id=project.id, project_name=project.name))
        return PhasesState.load

    @rx.event
    async def cancel_job(self):
        """Stop the planning."""
        async with self._db() as session:
            await cancel_job(session, parse_id(self._job_id))
        return PhasesState.load

    @rx.event
    async def accept(self):
        """Make the plan the project's phases."""
        async with self._db() as session:
            count = await accept(session, self._user_id, parse_id(self._proposal_id))
        await say(self, f"{count} phases are in place")
        return [ProjectState.load, PhasesState.load]

    @rx.event
    async def discard(self):
        """Put the plan away; nothing else changes."""
        async with self._db() as session:
            await discard(session, parse_id(self._proposal_id))
        return PhasesState.load

    def _show_proposal(self, view: ProposalView | None, rows: dict[UUID, TaskRow], today: date) -> None:
        self.has_proposal, self._proposal_id = view is not None, str(view.id) if view else ""
        if view is None:
            self.proposal, self.proposal_note, self.proposal_is_stale = [], "", False
            return
        self.proposal = _proposal_cards(view, rows, today)
        engine = "the offline engine" if view.engine == "offline" else view.engine
        self.proposal_note = " ".join(filter(None, [view.stored.plan.summary, f"Planned by {engine}."]))
        self.proposal_is_stale = bool(view.changes)

    def _show_job(self, job: JobView | None) -> None:
        live = job is not None and job.is_live
        self._job_id = str(job.id) if job is not None and live else ""
        self.job_state = job.status if job is not None else ""
        self.job_percent = int(job.progress.get("percent", 0)) if job is not None else 0
        failed = job is not None and job.status == "failed"
        waiting = "Waits for the worker" if live else ""
        self.job_message = (
            (job.error_message or "")
            if failed and job
            else str((job.progress if job else {}).get("message") or waiting)
        )


read_again(routes.phases("*"), PhasesState.load)


def _phase_card(phase: PhaseView, rows: dict[UUID, TaskRow], today: date) -> PhaseCard:
    return PhaseCard(
        phase.name,
        phase.description,
        dates_words(phase.start_date, phase.end_date),
        phase_state(phase.start_date, phase.end_date, today),
        [rows[task_id] for task_id in phase.tasks if task_id in rows],
    )


def _proposal_cards(view: ProposalView, rows: dict[UUID, TaskRow], today: date) -> list[PhaseCard]:
    cards = []
    for phase in view.stored.plan.phases:
        tasks = [
            TaskRow(
                str(item.task_id),
                view.tasks[item.task_id].title if item.task_id in view.tasks else "A deleted task",
                item.reason,
                False,
                _chips(rows, item.task_id),
            )
            for item in view.stored.plan.assignments
            if item.phase_order == phase.order
        ]
        dates = dates_words(phase.start_date, phase.end_date)
        cards.append(
            PhaseCard(phase.name, phase.description, dates, phase_state(phase.start_date, phase.end_date, today), tasks)
        )
    return cards


def _chips(rows: dict[UUID, TaskRow], task_id: UUID) -> list[Chip]:
    return rows[task_id].chips if task_id in rows else []
