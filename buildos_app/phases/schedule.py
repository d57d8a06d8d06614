"""Starts for the tasks of phases that are there already: looked at, changed at will, then kept (behaviour.md 6.9)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import Conflict, InvalidInput
from buildos_app.models.phase import PhaseTask, SchedulingMethod
from buildos_app.models.project import TaskStatus
from buildos_app.phases.editing import follow_dates
from buildos_app.phases.facts import PhaseView, ProjectFacts
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, TaskAssignment, TaskToPlan
from buildos_app.phases.queries import load_facts
from buildos_app.phases.slots import USUAL_MINUTES, with_starts
from buildos_app.phrases.wall_clock import at_local
from buildos_app.ports import Busy
from buildos_app.projects.bulk import set_starts
from buildos_app.projects.history import because

MOST_AT_ONCE: Final = 100


@dataclass(frozen=True)
class ProposedStart:
    """A task of a phase, the start that it has, and the one that was found for it."""

    task: TaskToPlan
    phase: PhaseView
    start: datetime


def propose_starts(facts: ProjectFacts, phase_ids: Collection[UUID], busy: Sequence[Busy] = ()) -> list[ProposedStart]:
    """New starts for the open tasks of these phases whose start does not fit, or who have none; phases that are over
    and repetitions are left out. Raises InvalidInput when there is nothing to do."""
    phases = [phase for phase in facts.phases if phase.id in phase_ids and phase.end_date >= facts.today]
    homes = {task_id: number for number, phase in enumerate(phases, start=1) for task_id in phase.tasks}
    tasks = [task for task in facts.tasks if task.id in homes and is_movable(task)]
    if not tasks:
        raise InvalidInput("There is no open task to schedule here. Put tasks into a phase that is not over.")
    plan = PhasePlan(
        phases=[
            PlannedPhase(order=number, name=phase.name, start_date=phase.start_date, end_date=phase.end_date)
            for number, phase in enumerate(phases, start=1)
        ],
        assignments=[TaskAssignment(task_id=task.id, phase_order=homes[task.id], reason="") for task in tasks],
    )
    options = PlanOptions(method=SchedulingMethod.SCHEDULE_IN_PHASES, start=facts.today, end=phases[-1].end_date)
    others = [_span(task) for task in facts.tasks if task.id not in homes and _takes_time(task)]
    taken = [*busy, *filter(None, others)]
    found = with_starts(plan, tasks, {}, facts.hours, facts.now, options, busy=taken)
    known = {task.id: task for task in tasks}
    starts = [
        ProposedStart(known[item.task_id], phases[item.phase_order - 1], item.suggested_start)
        for item in found.assignments
        if item.suggested_start is not None
    ]
    return sorted(starts, key=lambda each: each.start)[:MOST_AT_ONCE]


def conflicts(
    facts: ProjectFacts, task: TaskToPlan, start: datetime, chosen: Mapping[UUID, datetime], busy: Sequence[Busy] = ()
) -> list[str]:
    """What speaks against a start of a task, beside the starts that are chosen for others."""
    starts = {each.id: chosen.get(each.id, each.start_date) for each in facts.tasks if _takes_time(each)}
    end = start + _length(task)
    home = next((phase for phase in facts.phases if task.id in phase.tasks), None)
    found = []
    if start < facts.now:
        found.append("is past")
    if home and not home.start_date <= facts.day(start) <= home.end_date:
        found.append(f"outside of {home.name}")
    if not _in_hours(facts, start, end):
        found.append("outside of your working hours")
    for other in facts.tasks:
        at = starts.get(other.id)
        if other.id == task.id or at is None:
            continue
        if other.id in task.dependencies and start < at + _length(other):
            found.append(f"before “{other.title[:60]}” is done")
        elif at < end and at + _length(other) > start:
            found.append(f"at the time of “{other.title[:60]}”")
    if any(each.start < end and each.end > start for each in busy):
        found.append("something is in your calendar then")
    return found


async def keep_starts(session: AsyncSession, user_id: UUID, project_id: UUID, starts: Mapping[UUID, datetime]) -> None:
    """Give tasks these starts; each moves to the phase that has its day. Raises InvalidInput for none, Conflict when
    one of them was done, deleted or made a repetition meanwhile."""
    if not 0 < len(starts) <= MOST_AT_ONCE:
        raise InvalidInput(f"Leave between 1 and {MOST_AT_ONCE} tasks ticked.")
    facts = await load_facts(session, user_id, project_id, lock=True)
    if starts.keys() - {task.id for task in facts.tasks if is_movable(task)}:
        raise Conflict("Some of these tasks changed meanwhile. Look at the starts again.")
    await because(session, "schedule:")
    await set_starts(session, starts)
    await follow_dates(session, user_id, project_id, dict(starts))


async def unschedule(session: AsyncSession, task_ids: Collection[UUID], *, dates: bool, phases: bool) -> None:
    """Take the starts of tasks away, by which their events leave the calendar, or put the tasks into the backlog."""
    if not (dates or phases):
        raise InvalidInput("Tick what is to be taken away.")
    await because(session, "schedule:")
    if dates:
        await set_starts(session, dict.fromkeys(task_ids))
    if phases:
        await session.execute(sa.delete(PhaseTask).where(col(PhaseTask.task_id).in_(task_ids)))


def is_movable(task: TaskToPlan) -> bool:
    """Is it open, and done once?"""
    return task.status != TaskStatus.DONE and task.recurrence_pattern is None


def _takes_time(task: TaskToPlan) -> bool:
    return is_movable(task) and task.start_date is not None


def _in_hours(facts: ProjectFacts, start: datetime, end: datetime) -> bool:
    """Does the work fit into the working hours of a day? What is longer than such a day only begins with it."""
    day = facts.day(start)
    room = timedelta(minutes=facts.hours.minutes_on(day))
    opens, closes = (at_local(day, clock, facts.now) for clock in (facts.hours.start, facts.hours.end))
    return bool(room) and opens <= start and (end <= closes or end - start > room)


def _length(task: TaskToPlan) -> timedelta:
    return timedelta(minutes=task.duration_minutes or USUAL_MINUTES)


def _span(task: TaskToPlan) -> Busy | None:
    return Busy(task.start_date, task.start_date + _length(task)) if task.start_date else None
