"""A model's reply, mended into a plan that keeps every rule of behaviour.md 6.6 before anybody sees it. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from buildos_app.errors import ServiceUnavailable
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, PlanReply, ReplyPhase, TaskAssignment, TaskToPlan
from buildos_app.phrases.text import clean

DEFAULT_LENGTH: Final = timedelta(days=7)
HORIZON: Final = timedelta(days=3650)
"""How far a project without an end may reach."""
NAME_LENGTH: Final = 255
TEXT_LENGTH: Final = 2000
REASON_LENGTH: Final = 300
MOST_PHASES: Final = 30
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class PlanLimits:
    """The days that a plan must keep; `end` is None for a project without one."""

    start: date
    end: date | None

    @property
    def last(self) -> date:
        """The latest day that anything may reach."""
        return max(self.end or self.start + HORIZON, self.start)


def repaired(reply: PlanReply, tasks: list[TaskToPlan], limits: PlanLimits) -> PhasePlan:
    """The plan with every rule kept: unknown and doubled tasks dropped, forgotten ones in the last phase, phases inside
    the limits and one after the other, numbered from 1, nothing before what it depends on.

    Raises ServiceUnavailable when the reply has no phase at all, so that the job asks once more.
    """
    named = [phase for phase in reply.phases if clean(phase.name, NAME_LENGTH)][:MOST_PHASES]
    if not named:
        raise ServiceUnavailable("The plan came back without phases.", kind="invalid_response")
    ordered = sorted(enumerate(named), key=lambda item: (_order(item[1], item[0]), item[0]))
    numbers: dict[int, int] = {}
    for number, (position, phase) in enumerate(ordered, start=1):
        numbers.setdefault(_order(phase, position), number)
    phases = _dated([phase for _, phase in ordered], limits)
    assignments = _complete(reply, numbers, tasks, last=len(phases))
    return PhasePlan(
        phases=phases,
        assignments=_after_dependencies(assignments, tasks),
        summary=clean(reply.summary, TEXT_LENGTH),
    )


def read_day(text: str) -> date | None:
    """The day that an ISO date or moment begins with, None where there is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _order(phase: ReplyPhase, position: int) -> int:
    """The number that a model gave a phase; without one, its place in the list."""
    return phase.order if phase.order is not None else position + 1


def _dated(phases: list[ReplyPhase], limits: PlanLimits) -> list[PlannedPhase]:
    """Each at least a day, one after the other, inside the limits; each one leaves a day for every one that follows."""
    dated: list[PlannedPhase] = []
    earliest, last = limits.start, limits.last
    for number, phase in enumerate(phases, start=1):
        latest = max(earliest, last - (len(phases) - number) * _DAY)
        start, end = _days(phase, earliest, latest)
        dated.append(
            PlannedPhase(
                order=number,
                name=clean(phase.name, NAME_LENGTH),
                description=clean(phase.description, TEXT_LENGTH),
                start_date=start,
                end_date=end,
            )
        )
        earliest = min(end + _DAY, last)
    return dated


def _days(phase: ReplyPhase, earliest: date, latest: date) -> tuple[date, date]:
    """The days that the model wished, between these two; a phase that must begin later keeps its length."""
    start, end = read_day(phase.start_date), read_day(phase.end_date)
    length = end - start if start and end and end >= start else DEFAULT_LENGTH
    first = min(max(start or earliest, earliest), latest)
    if end is None or end < first:
        end = first + min(length, latest - first)
    return first, min(end, latest)


def _complete(reply: PlanReply, numbers: dict[int, int], tasks: list[TaskToPlan], *, last: int) -> list[TaskAssignment]:
    known = {str(task.id): task.id for task in tasks}
    placed: dict[UUID, TaskAssignment] = {}
    for item in reply.assignments:
        task_id = known.get(item.task_id.strip().lower())
        if task_id is not None and item.phase_order in numbers:
            reason = clean(item.reason, REASON_LENGTH) or "placed without a reason"
            place = TaskAssignment(task_id=task_id, phase_order=numbers[item.phase_order], reason=reason)
            placed.setdefault(task_id, place)
    forgotten = "the plan did not place it, so it is in the last phase"
    return [
        placed.get(task.id) or TaskAssignment(task_id=task.id, phase_order=last, reason=forgotten) for task in tasks
    ]


def _after_dependencies(assignments: list[TaskAssignment], tasks: list[TaskToPlan]) -> list[TaskAssignment]:
    """Move a task to the phase of what it waits for; a circle of dependencies ends after as many rounds as tasks."""
    order = {item.task_id: item.phase_order for item in assignments}
    waits = {task.id: [other for other in task.dependencies if other in order] for task in tasks}
    titles = {task.id: task.title for task in tasks}
    reasons = {item.task_id: item.reason for item in assignments}
    for _ in tasks:
        moved = False
        for task_id, others in waits.items():
            latest = max(others, key=lambda other: order[other], default=None)
            if latest is not None and order[latest] > order[task_id]:
                order[task_id] = order[latest]
                reasons[task_id] = f"waits for “{titles[latest]}”"
                moved = True
        if not moved:
            break
    return [TaskAssignment(task_id=key, phase_order=order[key], reason=reasons[key]) for key in order]


def wishes(reply: PlanReply) -> dict[str, str]:
    """The starts that a model suggested, by the id of the task as text; of two the first."""
    found: dict[str, str] = {}
    for item in reply.assignments:
        if item.suggested_start:
            found.setdefault(item.task_id.strip().lower(), item.suggested_start)
    return found
