"""What is late in a project, and new days for it (behaviour.md 6.9)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import InvalidInput
from buildos_app.models.project import TaskStatus
from buildos_app.phases.editing import follow_dates
from buildos_app.phases.facts import ProjectFacts
from buildos_app.phases.prompts import TaskToPlan
from buildos_app.phases.queries import load_facts
from buildos_app.phases.slots import next_starts
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.history import because
from buildos_app.projects.tasks import change_task

GROUPS: Final = (("1 to 3 days late", 3), ("4 to 7 days late", 7), ("8 days late or more", 100_000))
MOST_AT_ONCE: Final = 100
FARTHEST: Final = timedelta(days=3650)


@dataclass(frozen=True)
class LateTask:
    """A task whose day is over, and the number of its group in GROUPS."""

    id: UUID
    title: str
    days: int
    group: int


def late_tasks(facts: ProjectFacts) -> list[LateTask]:
    """Open tasks whose due date, or else start, is past, the latest first; those that repeat come by themselves."""
    found = []
    for task in facts.tasks:
        moment = task.due_date or task.start_date
        if moment is None or task.status == TaskStatus.DONE or task.recurrence_pattern:
            continue
        days = (facts.today - facts.day(moment)).days
        if days > 0:
            group = next(number for number, (_, most) in enumerate(GROUPS) if days <= most)
            found.append(LateTask(task.id, task.title, days, group))
    return sorted(found, key=lambda task: (-task.days, str(task.id)))


async def reschedule(
    session: AsyncSession, user_id: UUID, project_id: UUID, task_ids: Collection[UUID], first_day: date
) -> int:
    """Give late tasks starts one after the other in working hours from a day on, and move due dates that are past to
    the day of the start; a task in a phase follows its date. How many there were.

    Raises InvalidInput when the day is past, or a start would lie after the end of the project; then nothing changes.
    """
    facts = await load_facts(session, user_id, project_id, lock=True)
    if not facts.today <= first_day <= facts.today + FARTHEST:
        raise InvalidInput("Choose today or a later day.")
    wanted = {task.id for task in late_tasks(facts)} & set(task_ids)
    tasks = [task for task in facts.tasks if task.id in wanted]
    if not tasks:
        raise InvalidInput("Tick at least one group of tasks.")
    if len(tasks) > MOST_AT_ONCE:
        raise InvalidInput(f"Choose at most {MOST_AT_ONCE} tasks at once.")
    others = [task for task in facts.tasks if task.id not in wanted and task.status != TaskStatus.DONE]
    starts = next_starts(tasks, others, first_day, facts.hours, facts.now)
    await because(session, "overdue:")
    for task in tasks:
        await change_task(session, task.id, _changes(task, starts[task.id], facts))
    await follow_dates(session, user_id, project_id, starts)
    return len(tasks)


def _changes(task: TaskToPlan, start: datetime, facts: ProjectFacts) -> dict[str, Any]:
    changes: dict[str, Any] = {"start_date": start, "start_has_time": True}
    if task.due_date is not None and task.due_date < start:
        end_of_day = at_local(facts.day(start), time(23, 59), facts.now)
        changes |= {"due_date": end_of_day, "due_has_time": False}
    return changes
