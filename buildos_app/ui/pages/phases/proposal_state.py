"""The plan that waits for a yes, beside what is there today."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import reflex as rx

from buildos_app.clock import zone as zone_of
from buildos_app.errors import UserError
from buildos_app.models.phase import SchedulingMethod
from buildos_app.phases.accept import accept, discard
from buildos_app.phases.columns import MOST_ROWS
from buildos_app.phases.facts import kept_phases
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import TaskAssignment, TaskToPlan
from buildos_app.phases.queries import ProposalView, get_open_proposal
from buildos_app.phrases.text import counted
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.state import ProjectState, dates_words, phase_state, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import Chip, moment_words

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
    """A phase of the plan with some of its tasks, from number `first` on; `order` counts from 1."""

    order: int
    name: str
    description: str
    dates: str
    state: Chip
    count: int
    first: int
    tasks: list[ProposedTask]
    has_more: bool


@dataclass(frozen=True)
class PhaseToday:
    """A phase as it is now, and what the plan does with it."""

    name: str
    dates: str
    fate: Chip
    tasks: str


class ProposalState(SessionState):
    """Nothing of it is in the project before `accept`. `opened` is the number of the phase whose tasks are all shown, a
    page at a time; without one each phase shows its first: never more than a hundred rows are here."""

    has_plan: bool = False
    phases: list[ProposedPhase] = []
    today: list[PhaseToday] = []
    note: str = ""
    choices: str = ""
    changes: list[str] = []
    more_changes: int = 0
    moved: int = 0
    opened: int = 0
    page: int = 0
    _proposal_id: str = ""

    @rx.event
    async def load(self):
        """Read the plan again; a project that is missing, the frame tells."""
        try:
            async with self._db() as session:
                view = await get_open_proposal(session, self._user_id, project_of(self))
        except UserError:
            return
        if view is None:
            self.has_plan, self.phases, self.today, self.changes, self._proposal_id = False, [], [], [], ""
            return
        if str(view.id) != self._proposal_id:
            self.opened = self.page = 0
        self.phases = _proposed(view, self.opened, self.page)
        self.today = _today(view)
        engine = "the offline engine" if view.engine == "offline" else view.engine
        self.note = " ".join(filter(None, [view.stored.plan.summary, f"Planned by {engine}."]))
        self.choices = _choices(view.stored.options)
        self.moved = sum(bool(item.suggested_start or item.clears_start) for item in view.stored.plan.assignments)
        self.changes = view.changes[:MOST_CHANGES_SHOWN]
        self.more_changes = len(view.changes) - len(self.changes)
        self.has_plan, self._proposal_id = True, str(view.id)

    @rx.event
    async def look_at(self, order: int, page: int):
        """Show all tasks of one phase, a page at a time; 0 shows the first of every phase again."""
        self.opened, self.page = max(order, 0), max(page, 0)
        return ProposalState.load

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


def _proposed(view: ProposalView, opened: int, page: int) -> list[ProposedPhase]:
    plan, today = view.stored.plan, view.facts.today
    homes = {task_id: phase.name for phase in view.facts.phases for task_id in phase.tasks}
    tasks = {task.id: task for task in view.facts.tasks}
    share = max(1, MOST_ROWS // len(plan.phases))
    found = []
    for phase in plan.phases:
        items = [item for item in plan.assignments if item.phase_order == phase.order]
        first, most = (0, share) if not opened else (page * MOST_ROWS, MOST_ROWS if phase.order == opened else 0)
        found.append(
            ProposedPhase(
                order=phase.order,
                name=phase.name,
                description=phase.description,
                dates=dates_words(phase.start_date, phase.end_date),
                state=phase_state(phase.start_date, phase.end_date, today),
                count=len(items),
                first=first + 1,
                tasks=[_proposed_task(item, tasks, homes, view.facts.now) for item in items[first : first + most]],
                has_more=first + most < len(items),
            )
        )
    return found


def _proposed_task(
    item: TaskAssignment, tasks: dict[UUID, TaskToPlan], homes: dict[UUID, str], zone_now: datetime
) -> ProposedTask:
    task = tasks.get(item.task_id)
    return ProposedTask(task.title if task else "A deleted task", item.reason, _facts(item, task, homes, zone_now))


def _facts(item: TaskAssignment, task: TaskToPlan | None, homes: dict[UUID, str], zone_now: datetime) -> list[Chip]:
    chips, zone = [], zone_of(str(zone_now.tzinfo))
    old = moment_words(task.start_date, zone, zone_now, has_time=False) if task and task.start_date else ""
    if item.suggested_start is not None:
        new = moment_words(item.suggested_start, zone, zone_now, has_time=True)
        chips.append(Chip(new, "accent"))
        chips += [Chip(f"was {old}")] if old else []
    elif item.clears_start:
        chips.append(Chip(f"loses its start {old}", "warn"))
    if item.task_id in homes:
        chips.append(Chip(f"from {homes[item.task_id][:40]}"))
    return chips


def _today(view: ProposalView) -> list[PhaseToday]:
    stored, phases = view.stored, view.facts.phases
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
