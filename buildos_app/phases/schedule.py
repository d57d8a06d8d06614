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
from buildos_app.phases.editing import follow_dates
from buildos_app.phases.facts import PhaseView, ProjectFacts
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, TaskAssignment, TaskToPlan
from buildos_app.phases.queries import load_facts
from buildos_app.phases.slots import with_starts
from buildos_app.phrases.wall_clock import at_local
from buildos_app.ports import Busy
from buildos_app.projects.bulk import set_starts
from buildos_app.projects.fields import inside_project
from buildos_app.projects.history import because

MOST_AT_ONCE: Final = 100


@dataclass(frozen=True)
class ProposedStart:
    """A task of a phase, the start that it has, and the one that was found for it."""

    task: TaskToPlan
    phase: PhaseView
    start: datetime


def propose_starts(
    facts: ProjectFacts,
    phase_ids: Collection[UUID],
    busy: Sequence[Busy] = (),
    *,
    only: Collection[UUID] | None = None,
) -> list[ProposedStart]:
    """New starts for the open tasks of these phases (for `only` these of them) whose start does not fit, or who have
    none, the earliest first; phases that are over and repetitions are left out. Raises InvalidInput when there is
    nothing to do."""
    phases = [phase for phase in facts.phases if phase.id in phase_ids and phase.end_date >= facts.today]
    homes = {task_id: number for number, phase in enumerate(phases, start=1) for task_id in phase.tasks}
    wanted = homes if only is None else homes.keys() & only
    tasks = [task for task in facts.tasks if task.id in wanted and task.is_movable]
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
    others = [task for task in facts.tasks if task.id not in wanted and _takes_time(task)]
    found = with_starts(plan, tasks, {}, facts.hours, facts.now, options, busy=busy, others=others)
    known = {task.id: task for task in tasks}
    starts = [
        ProposedStart(known[item.task_id], phases[item.phase_order - 1], item.suggested_start)
        for item in found.assignments
        if item.suggested_start is not None
    ]
    return sorted(starts, key=lambda each: each.start)


def conflicts(
    facts: ProjectFacts, task: TaskToPlan, start: datetime, chosen: Mapping[UUID, datetime], busy: Sequence[Busy] = ()
) -> list[str]:
    """What speaks against a start of a task, beside the starts that are chosen for others."""
    starts = {each.id: chosen.get(each.id, each.start_date) for each in facts.tasks if _takes_time(each)}
    end = start + task.length
    home, there = home_of(facts, task.id), phase_on(facts, start, task.id)
    found = []
    if start < facts.now:
        found.append("is past")
    if home and there != home:
        found.append(f"moves to {there.name}" if there else f"outside of {home.name}")
    if not _in_hours(facts, start, end):
        found.append("outside of your working hours")
    for other in facts.tasks:
        at = starts.get(other.id)
        if other.id == task.id or at is None:
            continue
        if other.id in task.dependencies and start < at + other.length:
            found.append(f"before “{other.title[:60]}” is done")
        elif at < end and at + other.length > start:
            found.append(f"at the time of “{other.title[:60]}”")
    if any(each.start < end and each.end > start for each in busy):
        found.append("something is in your calendar then")
    return found


async def keep_starts(session: AsyncSession, user_id: UUID, project_id: UUID, starts: Mapping[UUID, datetime]) -> None:
    """Give tasks these starts; each moves to the phase that has its day.

    Raises InvalidInput for none, and for one that lies outside of the project or of every phase; Conflict when a task
    was done, deleted or made a repetition meanwhile.
    """
    if not 0 < len(starts) <= MOST_AT_ONCE:
        raise InvalidInput(f"Leave between 1 and {MOST_AT_ONCE} tasks ticked.")
    facts = await load_facts(session, user_id, project_id, lock=True)
    if starts.keys() - {task.id for task in facts.tasks if task.is_movable}:
        raise Conflict("Some of these tasks changed meanwhile. Look at the starts again.")
    titles = {task.id: task.title for task in facts.tasks}
    for task_id, start in starts.items():
        inside_project({"start_date": start}, facts.now.tzinfo, facts.start, facts.end)
        if phase_on(facts, start, task_id) is None:
            raise InvalidInput(f"“{titles[task_id][:60]}” would begin outside of every phase. Choose a day of one.")
    await because(session, "schedule:")
    await set_starts(session, starts)
    await follow_dates(session, user_id, project_id, dict(starts))


def to_unschedule(facts: ProjectFacts, *, dates: bool, phases: bool) -> list[UUID]:
    """The open tasks that do not repeat and have a start (`dates`) or a phase (`phases`). Raises InvalidInput when
    neither is asked for, or there is none."""
    if not (dates or phases):
        raise InvalidInput("Tick what is to be taken away.")
    placed = {task_id for phase in facts.phases for task_id in phase.tasks}
    found = [
        task.id
        for task in facts.tasks
        if task.is_movable and ((dates and task.start_date) or (phases and task.id in placed))
    ]
    if not found:
        raise InvalidInput("No open task has any of that.")
    return found


async def unschedule(session: AsyncSession, task_ids: Collection[UUID], *, dates: bool, phases: bool) -> None:
    """Take the starts of tasks away, by which their events leave the calendar, or put the tasks into the backlog."""
    await because(session, "schedule:")
    if dates:
        await set_starts(session, dict.fromkeys(task_ids))
    if phases:
        await session.execute(sa.delete(PhaseTask).where(col(PhaseTask.task_id).in_(task_ids)))


def home_of(facts: ProjectFacts, task_id: UUID) -> PhaseView | None:
    """The phase that a task is in."""
    return next((phase for phase in facts.phases if task_id in phase.tasks), None)


def phase_on(facts: ProjectFacts, moment: datetime, task_id: UUID) -> PhaseView | None:
    """The phase with the day of this moment; of several the one that the task is in."""
    day = facts.day(moment)
    there = [phase for phase in facts.phases if phase.start_date <= day <= phase.end_date]
    return next((phase for phase in there if task_id in phase.tasks), there[0] if there else None)


def _takes_time(task: TaskToPlan) -> bool:
    return task.is_movable and task.start_date is not None


def _in_hours(facts: ProjectFacts, start: datetime, end: datetime) -> bool:
    """Does the work fit into the working hours of a day? What is longer than such a day only begins with it."""
    day = facts.day(start)
    room = timedelta(minutes=facts.hours.minutes_on(day))
    opens, closes = (at_local(day, clock, facts.now) for clock in (facts.hours.start, facts.hours.end))
    return bool(room) and opens <= start and (end <= closes or end - start > room)
