"""All that planning looks at, and what of it a plan covers. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.models.project import TaskStatus
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import KeptPhase, TaskToPlan

MOST_TASKS = 300
"""Of one plan."""
MOST_OPEN_TASKS = 2000
"""Of a project whose phases can be planned, filled or scheduled at all."""


@dataclass(frozen=True)
class PhaseView:
    """A phase and the ids of its tasks with the reason why each is there."""

    id: UUID
    name: str
    description: str
    start_date: date
    end_date: date
    tasks: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProjectFacts:
    """A project at one moment: its dates, its tasks (deleted ones left out), its phases, and its person's days."""

    id: UUID
    name: str
    description: str
    context: str
    tags: list[str]
    start: date | None
    end: date | None
    now: datetime
    hours: WorkingHours
    tasks: list[TaskToPlan]
    phases: list[PhaseView]

    @property
    def today(self) -> date:
        """Today in the person's zone."""
        return self.now.date()

    def day(self, moment: datetime) -> date:
        """The calendar day of a moment in the person's zone."""
        return moment.astimezone(self.now.tzinfo).date()


@dataclass(frozen=True)
class Selection:
    """What a plan covers. `waiting` counts tasks left out because they wait for one that is left out; `recurring` are
    the repeating tasks that are left out."""

    tasks: list[TaskToPlan]
    waiting: int
    recurring: list[TaskToPlan]


def select(facts: ProjectFacts, options: PlanOptions) -> Selection:
    """The tasks of a plan (behaviour.md 6.3): those with a chosen status; with phases there already also every open one
    that is in a phase. Repeating ones only if wanted. Who waits for an open task that is left out is left out too."""
    in_a_phase = {task_id for phase in facts.phases for task_id in phase.tasks}
    chosen = {task.id for task in facts.tasks if _is_chosen(task, options, in_a_phase)}
    open_tasks = {task.id for task in facts.tasks if task.status != TaskStatus.DONE}
    wanted = len(chosen)
    left_out = open_tasks - chosen
    while waiting := {
        task.id for task in facts.tasks if task.id in chosen and left_out.intersection(task.dependencies)
    }:
        chosen -= waiting
        left_out |= waiting
    recurring = [task for task in facts.tasks if task.recurrence_pattern and task.id not in chosen]
    return Selection(
        [task for task in facts.tasks if task.id in chosen],
        wanted - len(chosen),
        [task for task in recurring if task.status != TaskStatus.DONE],
    )


def _is_chosen(task: TaskToPlan, options: PlanOptions, in_a_phase: set[UUID]) -> bool:
    if task.recurrence_pattern and not options.include_recurring:
        return False
    return task.status in options.statuses or (task.id in in_a_phase and task.status != TaskStatus.DONE)


def kept_phases(phases: Iterable[PhaseView], today: date) -> dict[UUID, KeptPhase]:
    """What stays when a plan replaces the rest: phases that began before today, and end yesterday at the latest."""
    yesterday = today - timedelta(days=1)
    return {
        phase.id: KeptPhase(name=phase.name, start_date=phase.start_date, end_date=min(phase.end_date, yesterday))
        for phase in phases
        if phase.start_date < today
    }


def marks(facts: ProjectFacts, tasks: Iterable[TaskToPlan]) -> dict[str, str]:
    """A short mark of each task as the plan saw it, by which a change is found; the key "" marks the rest. Whether its
    event has reached the calendar meanwhile is no change."""
    phases = [(str(phase.id), str(phase.start_date), str(phase.end_date), phase.name) for phase in facts.phases]
    rest = _mark([str(facts.start), str(facts.end), phases])
    return {"": rest} | {str(task.id): _mark(task.model_dump(mode="json", exclude={"has_event"})) for task in tasks}


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
