"""A start for each task of a plan: within its phase, its person's working hours, and what else is taken. Pure."""

from bisect import insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.models.project import TaskStatus
from buildos_app.phases.options import CalendarHandling, PlanOptions
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, TaskAssignment, TaskToPlan
from buildos_app.phases.staying import inside, is_protected, may_stay, series_start
from buildos_app.phrases.wall_clock import at_local
from buildos_app.ports import Busy

_MORNING: Final = time(9)
_STEP: Final = timedelta(minutes=15)
MOST_DAYS: Final = 400
"""What takes longer than so many days is free again after them."""
_PRIORITIES: Final = {"high": 0, "medium": 1, "low": 2}


@dataclass
class _Calendar:
    """The time that a person has. `now` names the zone; `taken`, day by day and there by their starts, grows with each
    task that is placed; `days` remembers the working hours of those that were looked at."""

    now: datetime
    hours: WorkingHours
    taken: dict[date, list[Busy]] = field(default_factory=dict)
    days: dict[date, tuple[int, datetime, datetime]] = field(default_factory=dict)

    def at(self, day: date, clock: time) -> datetime:
        return at_local(day, clock, self.now)

    def take(self, busy: Busy) -> None:
        """Write it down on each day that it touches."""
        first, last = (moment.astimezone(self.now.tzinfo).date() for moment in busy)
        for number in range(min((last - first).days, MOST_DAYS) + 1):
            insort(self.taken.setdefault(first + timedelta(days=number), []), busy)

    def free(self, earliest: datetime, minutes: int, last: date) -> datetime | None:
        """The first start at or after a moment that fits into working hours up to a day; a task that is longer than a
        working day needs a whole one."""
        day = earliest.astimezone(self.now.tzinfo).date()
        while day <= last:
            room, opening, closing = self._working(day)
            length, start = timedelta(minutes=min(minutes, room)), max(earliest, opening)
            for busy in self.taken.get(day, ()):
                if start + length > closing or busy.start >= closing:
                    break
                if busy.start < start + length and busy.end > start:
                    start = _rounded(busy.end)
            if room and start + length <= closing:
                return start
            day += timedelta(days=1)
        return None

    def _working(self, day: date) -> tuple[int, datetime, datetime]:
        """How many minutes of a day are for work, and when work begins and ends."""
        if day not in self.days:
            ends = self.at(day, self.hours.start), self.at(day, self.hours.end)
            self.days[day] = (self.hours.minutes_on(day), *ends)
        return self.days[day]


def with_starts(
    plan: PhasePlan,
    tasks: list[TaskToPlan],
    wishes: Mapping[str, str],
    hours: WorkingHours,
    now: datetime,
    options: PlanOptions,
    *,
    busy: Iterable[Busy] = (),
    others: Collection[TaskToPlan] = (),
) -> PhasePlan:
    """The plan with a start for each open task, and for a repetition where the options allow it. A start that fits
    already, or that the options protect, stays. `wishes` are a model's suggestions: before the phase they mean its
    begin, after it its middle, at midnight nine o'clock. Nothing begins before what it waits for has ended, as long as
    there is time left for it. `others` are tasks outside of the plan, which keep the starts that they have."""
    calendar = _calendar(now, hours, busy)
    phases = {phase.order: phase for phase in plan.phases}
    known = {task.id: task for task in [*others, *tasks]}
    places = {item.task_id: phases[item.phase_order] for item in plan.assignments}
    starts: dict[UUID, datetime] = {task.id: task.start_date for task in others if task.start_date}
    for key, moment in starts.items():
        calendar.take(Busy(moment, moment + known[key].length))
    notes: dict[UUID, str] = {}
    for task in _in_order(plan, known):
        if task.status == TaskStatus.DONE:
            continue
        if task.recurrence_pattern:
            if start := series_start(task, places[task.id], now, options):
                starts[task.id] = start
            continue
        before = [other for other in task.dependencies if other in starts]
        ends = [starts[other] + known[other].length for other in before]
        ready = max(ends, default=None)
        found = _kept_start(task, places[task.id], now, ready, options)
        found = found or _new_start(task, places[task.id], calendar, max(ends, default=now), wishes, options)
        if found is None:
            found = _squeezed(places[task.id], calendar, max([*(starts[other] for other in before), now]))
            notes[task.id] = "no free time is left in this phase"
        starts[task.id] = found
        calendar.take(Busy(found, found + task.length))
    return plan.model_copy(
        update={"assignments": [_started(item, known[item.task_id], starts, notes) for item in plan.assignments]}
    )


def with_starts_cleared(plan: PhasePlan, tasks: list[TaskToPlan], now: datetime, options: PlanOptions) -> PhasePlan:
    """The plan that takes away starts which lie outside of the task's phase; done and repeating tasks, and those that
    the options protect, keep theirs."""
    phases = {phase.order: phase for phase in plan.phases}
    known = {task.id: task for task in tasks}

    def cleared(item: TaskAssignment) -> TaskAssignment:
        task = known[item.task_id]
        movable = not (task.recurrence_pattern or task.status == TaskStatus.DONE or is_protected(task, options))
        if movable and task.start_date and not inside(task.start_date, phases[item.phase_order], now):
            return item.model_copy(update={"clears_start": True})
        return item

    return plan.model_copy(update={"assignments": [cleared(item) for item in plan.assignments]})


def _kept_start(
    task: TaskToPlan, phase: PlannedPhase, now: datetime, ready: datetime | None, options: PlanOptions
) -> datetime | None:
    """The start that a task has, where it stays."""
    own = task.start_date
    if own is None or is_protected(task, options):
        return own
    fits = options.calendar_handling != CalendarHandling.CLEAR and may_stay(own, phase, now, ready)
    return own if fits else None


def _new_start(
    task: TaskToPlan,
    phase: PlannedPhase,
    calendar: _Calendar,
    ready: datetime,
    wishes: Mapping[str, str],
    options: PlanOptions,
) -> datetime | None:
    """A free start near the wish, or else anywhere in the phase."""
    ready = _rounded(max(ready, calendar.now))
    own = None if options.calendar_handling == CalendarHandling.CLEAR else task.start_date
    wish = _wish(wishes.get(str(task.id), ""), own, task, phase, calendar)
    found = calendar.free(max(wish, ready), task.minutes, phase.end_date)
    return found or calendar.free(max(ready, _begin(phase, calendar)), task.minutes, phase.end_date)


def _in_order(plan: PhasePlan, known: Mapping[UUID, TaskToPlan]) -> list[TaskToPlan]:
    """Phase by phase; in each what others wait for first, then by due date and priority. Circles are cut."""
    ordered: list[TaskToPlan] = []
    for phase in plan.phases:
        here = sorted(
            (known[item.task_id] for item in plan.assignments if item.phase_order == phase.order), key=_urgency
        )
        left = {task.id: task for task in here}
        while left:
            free = (
                each for each in left.values() if not any(key in left and key != each.id for key in each.dependencies)
            )
            task = next(free, None) or next(iter(left.values()))
            ordered.append(left.pop(task.id))
    return ordered


def _urgency(task: TaskToPlan) -> tuple[float, int]:
    return (task.due_date.timestamp() if task.due_date else float("inf"), _PRIORITIES.get(task.priority, 1))


def _wish(text: str, own: datetime | None, task: TaskToPlan, phase: PlannedPhase, calendar: _Calendar) -> datetime:
    """When a task would best begin; `own` is the start that it has, where that counts."""
    begin = _begin(phase, calendar)
    wished = _read_moment(text, calendar.now) or own or begin
    local = wished.astimezone(calendar.now.tzinfo)
    if local.timetz().replace(tzinfo=None) == time():
        local = calendar.at(local.date(), _MORNING)
    if local.date() < phase.start_date:
        local = begin
    if local.date() > phase.end_date:
        local = calendar.at(phase.start_date + (phase.end_date - phase.start_date) // 2, _MORNING)
    is_late = task.due_date is not None and local + task.length > task.due_date
    return begin if is_late else local


def _read_moment(text: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 2000 <= moment.year <= 2200:
        return None
    return moment if moment.tzinfo else at_local(moment.date(), moment.time(), now)


def _begin(phase: PlannedPhase, calendar: _Calendar) -> datetime:
    return calendar.at(phase.start_date, calendar.hours.start)


def _squeezed(phase: PlannedPhase, calendar: _Calendar, earliest: datetime) -> datetime:
    """A start in a phase that is full: not before what came before it, and never on a day of another phase."""
    start = max(_begin(phase, calendar), _rounded(earliest))
    return start if inside(start, phase, calendar.now) else calendar.at(phase.end_date, time(23, 45))


def _calendar(now: datetime, hours: WorkingHours, taken: Iterable[Busy]) -> _Calendar:
    calendar = _Calendar(now, hours)
    for busy in taken:
        calendar.take(busy)
    return calendar


def _rounded(moment: datetime) -> datetime:
    """Up to the next quarter of an hour."""
    over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (_STEP - over) if over else moment


def _started(
    item: TaskAssignment, task: TaskToPlan, starts: Mapping[UUID, datetime], notes: Mapping[UUID, str]
) -> TaskAssignment:
    start = starts.get(item.task_id)
    if start is None or start == task.start_date:
        return item
    reason = f"{item.reason}; {notes[item.task_id]}" if item.task_id in notes else item.reason
    return item.model_copy(update={"suggested_start": start, "reason": reason})


def next_starts(
    tasks: Sequence[TaskToPlan], others: Iterable[TaskToPlan], first_day: date, hours: WorkingHours, now: datetime
) -> dict[UUID, datetime]:
    """Starts one after the other from a day on, in working hours, beside what `others` take; without a working day in a
    year, at nine o'clock."""
    taken = (Busy(task.start_date, task.start_date + task.length) for task in others if task.start_date)
    calendar = _calendar(now, hours, taken)
    earliest = max(_rounded(now), calendar.at(first_day, hours.start))
    starts: dict[UUID, datetime] = {}
    for task in sorted(tasks, key=_urgency):
        last = first_day + timedelta(days=366)
        starts[task.id] = calendar.free(earliest, task.minutes, last) or calendar.at(first_day, _MORNING)
        calendar.take(Busy(starts[task.id], starts[task.id] + task.length))
    return starts
