"""The plan that waits for a yes, beside what is there today."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import reflex as rx

from buildos_app.clock import now
from buildos_app.clock import zone as zone_of
from buildos_app.errors import UserError
from buildos_app.models.phase import SchedulingMethod
from buildos_app.phases.accept import accept, discard
from buildos_app.phases.facts import PhaseView, kept_phases
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import TaskAssignment, TaskToPlan
from buildos_app.phases.queries import ProposalView, get_open_proposal, list_phases
from buildos_app.projects.instances import person_now
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.state import ProjectState, dates_words, phase_state, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import Chip, counted, moment_words

METHOD_WORDS = {
    SchedulingMethod.PHASES_ONLY: "phases only",
    SchedulingMethod.SCHEDULE_IN_PHASES: "a start for each task",
    SchedulingMethod.CALENDAR_OPTIMIZED: "starts around your calendar",
}
MOST_CHANGES_SHOWN = 4


@dataclass(frozen=True)
class ProposedTask:
    """A task in the plan: why it is there, where it comes from, what becomes of its start."""

    title: str
    why: str
    chips: list[Chip]


@dataclass(frozen=True)
class ProposedPhase:
    """A phase of the plan."""

    name: str
    description: str
    dates: str
    state: Chip
    tasks: list[ProposedTask]


@dataclass(frozen=True)
class PhaseToday:
    """A phase as it is now, and what the plan does with it."""

    name: str
    dates: str
    fate: Chip
    tasks: str


class ProposalState(SessionState):
    """Nothing of it is in the project before `accept`."""

    has_plan: bool = False
    phases: list[ProposedPhase] = []
    today: list[PhaseToday] = []
    note: str = ""
    choices: str = ""
    changes: list[str] = []
    more_changes: int = 0
    moved: int = 0
    _proposal_id: str = ""

    @rx.event
    async def load(self):
        """Read the plan again; a project that is missing, the frame tells."""
        try:
            project_id = project_of(self)
            async with self._db() as session:
                view = await get_open_proposal(session, self._user_id, project_id)
                phases = await list_phases(session, project_id) if view else []
                zone_now = await person_now(session)
        except UserError:
            return
        if view is None:
            self.has_plan, self.phases, self.today, self.changes, self._proposal_id = False, [], [], [], ""
            return
        homes = {task_id: phase.name for phase in phases for task_id in phase.tasks}
        self.phases = _proposed(view, homes, str(zone_now.tzinfo), zone_now.date())
        self.today = _today(view, phases)
        engine = "the offline engine" if view.engine == "offline" else view.engine
        self.note = " ".join(filter(None, [view.stored.plan.summary, f"Planned by {engine}."]))
        self.choices = _choices(view.stored.options)
        self.moved = sum(bool(item.suggested_start or item.clears_start) for item in view.stored.plan.assignments)
        self.changes = view.changes[:MOST_CHANGES_SHOWN]
        self.more_changes = len(view.changes) - len(self.changes)
        self.has_plan, self._proposal_id = True, str(view.id)

    @rx.event
    async def accept(self):
        """Make the plan the project's phases."""
        async with self._db() as session:
            count = await accept(session, self._user_id, parse_id(self._proposal_id))
        await say(self, "1 phase is in place" if count == 1 else f"{count} phases are in place")
        return [ProjectState.load, PhasesState.load, ProposalState.load]

    @rx.event
    async def discard(self):
        """Put the plan away; nothing else changes."""
        async with self._db() as session:
            await discard(session, parse_id(self._proposal_id))
        await say(self, "Plan discarded; nothing was changed")
        return [PhasesState.load, ProposalState.load]


read_again(routes.phases("*"), ProposalState.load)


def _proposed(view: ProposalView, homes: dict[UUID, str], zone: str, today: date) -> list[ProposedPhase]:
    plan = view.stored.plan
    found = []
    for phase in plan.phases:
        tasks = [
            ProposedTask(
                view.tasks[item.task_id].title if item.task_id in view.tasks else "A deleted task",
                item.reason,
                _facts(item, view.tasks.get(item.task_id), homes, zone),
            )
            for item in plan.assignments
            if item.phase_order == phase.order
        ]
        dates = dates_words(phase.start_date, phase.end_date)
        state = phase_state(phase.start_date, phase.end_date, today)
        found.append(ProposedPhase(phase.name, phase.description, dates, state, tasks))
    return found


def _facts(item: TaskAssignment, task: TaskToPlan | None, homes: dict[UUID, str], zone: str) -> list[Chip]:
    chips = []
    old = moment_words(task.start_date, zone_of(zone), now(), has_time=False) if task and task.start_date else ""
    if item.suggested_start is not None:
        new = moment_words(item.suggested_start, zone_of(zone), now(), has_time=True)
        chips.append(Chip(new, "accent"))
        chips += [Chip(f"was {old}")] if old else []
    elif item.clears_start:
        chips.append(Chip(f"loses its start {old}", "warn"))
    if item.task_id in homes:
        chips.append(Chip(f"from {homes[item.task_id][:40]}"))
    return chips


def _today(view: ProposalView, phases: list[PhaseView]) -> list[PhaseToday]:
    stored = view.stored
    kept = kept_phases(phases, stored.made_on) if stored.options.keep_finished else {}
    found = []
    for phase in phases:
        fate = Chip("goes", "warn")
        if phase.id in kept:
            ends_early = kept[phase.id].end_date < phase.end_date
            end = kept[phase.id].end_date
            fate = Chip(f"ends {end.day} {end:%b}", "accent") if ends_early else Chip("stays", "good")
        tasks = counted(len(phase.tasks), "task") if phase.tasks else "no tasks"
        found.append(PhaseToday(phase.name, dates_words(phase.start_date, phase.end_date), fate, tasks))
    return found


def _choices(options: PlanOptions) -> str:
    until = f" until {options.end.day} {options.end:%B}" if options.end else ""
    kept = "finished phases stay" if options.keep_finished else "starts fresh"
    dates = ["dates of tasks stay"] if options.preserve_dates else []
    return " · ".join([METHOD_WORDS[options.method] + until, kept, *dates])
