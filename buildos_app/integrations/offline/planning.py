"""The answer to plans of phases: windows of time, tasks with dates in theirs, the others where there is room.

A start for each task is found by the room itself (`phases/slots.py`), whoever planned.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from typing import Final
from uuid import UUID

from buildos_app.integrations.offline.naming import repeated_noun
from buildos_app.integrations.offline.titles import capital, shorten
from buildos_app.phases.prompts import PlanPhases, PlanReply, ReplyAssignment, ReplyPhase, TaskToPlan
from buildos_app.phrases.text import counted

_TASKS_PER_PHASE: Final = 8  # behaviour.md 6.7, as are the two tables below
_LEAST_BY_DAYS: Final = ((90, 6), (60, 5), (30, 4), (14, 3))
_MOST_PHASES: Final = 8
_FEWEST_TASKS: Final = 3  # of a phase, behaviour.md 6.5
_WEEK: Final = timedelta(days=7)
_NAME_LENGTH: Final = 60
_PRIORITIES: Final = {"high": 0, "medium": 1, "low": 2}


@dataclass
class _Window:
    """A stretch of days, both included, and what goes into it."""

    start: date
    end: date
    tasks: list[TaskToPlan] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """How long its tasks take."""
        return sum(task.minutes for task in self.tasks)


def plan_phases(prompt: PlanPhases) -> PlanReply:
    """Split the tasks: none before what it waits for, dated ones around their date, what others need by a date before
    it, the rest so that every window has about the same work, urgent first."""
    tasks = [_in_zone(task, prompt.now.tzinfo) for task in prompt.tasks]
    desk = _Desk(_windows(prompt, tasks), _needed_by(tasks), {task.id: task for task in tasks})
    for task in _in_order(desk):
        desk.place(task)
    used = [window for window in desk.windows if window.tasks]
    names = _names(used)
    phases = [_phase(number, window, names[number - 1]) for number, window in enumerate(used, start=1)]
    assignments = [
        ReplyAssignment(task_id=str(task.id), phase_order=number, reason=desk.reasons[task.id])
        for number, window in enumerate(used, start=1)
        for task in window.tasks
    ]
    return PlanReply(phases=phases, assignments=assignments, summary=_summary(prompt, tasks, used))


@dataclass
class _Desk:
    """The windows while they fill up; `needed_by` has the day by which each task must be done."""

    windows: list[_Window]
    needed_by: dict[UUID, date]
    tasks: dict[UUID, TaskToPlan]
    places: dict[UUID, int] = field(default_factory=dict)
    reasons: dict[UUID, str] = field(default_factory=dict)

    def place(self, task: TaskToPlan) -> None:
        """Put a task into its window, with the reason."""
        number, self.reasons[task.id] = self._choose(task)
        self.places[task.id] = number
        self.windows[number].tasks.append(task)

    def _choose(self, task: TaskToPlan) -> tuple[int, str]:
        before = [other for other in task.dependencies if other in self.places]
        last_before = max(before, key=lambda other: self.places[other], default=None)
        earliest = self.places[last_before] if last_before else 0
        day = self.needed_by.get(task.id)
        wanted = self._window_of(day) if day else 0
        if day is not None and wanted >= earliest:
            return wanted, self._reason_of_day(task, day)
        if last_before is not None:
            waits = f"waits for “{shorten(self.tasks[last_before].title, _NAME_LENGTH)}”"
            return (earliest if day else self._with_room(earliest)), waits
        if task.status == "in_progress":
            return 0, "in progress already"
        if task.priority == "high":
            return 0, "high priority, so it comes first"
        if task.priority == "low":
            return len(self.windows) - 1, "low priority, so it can wait"
        return self._with_room(0), "has no date: as soon as there is room"

    def _reason_of_day(self, task: TaskToPlan, day: date) -> str:
        own = _day(task)
        if own is None or day < own:
            return f"something that waits for it is due {_said(day)}"
        verb = "due" if task.due_date else "begins"
        return f"late: {verb} {_said(own)}" if own < self.windows[0].start else f"{verb} {_said(own)}"

    def _window_of(self, day: date) -> int:
        last = len(self.windows) - 1
        return next((number for number, window in enumerate(self.windows) if day <= window.end), last)

    def _with_room(self, earliest: int) -> int:
        """The first window that has less than its share of the work."""
        room = ceil(sum(task.minutes for task in self.tasks.values()) / len(self.windows))
        last = len(self.windows) - 1
        return next((number for number in range(earliest, last) if self.windows[number].minutes < room), last)


def _needed_by(tasks: list[TaskToPlan]) -> dict[UUID, date]:
    """The day of each task that has one, or the earlier one of a task that waits for it, however long the way."""
    days = {task.id: day for task in tasks if (day := _day(task)) is not None}
    for _ in tasks:
        earlier = {
            other: days[task.id]
            for task in sorted(tasks, key=lambda each: days.get(each.id, date.max), reverse=True)
            if task.id in days
            for other in task.dependencies
            if days[task.id] < days.get(other, date.max)
        }
        if not earlier:
            break
        days |= earlier
    return days


def _in_zone(task: TaskToPlan, zone: tzinfo | None) -> TaskToPlan:
    """The same with its moments on the person's clock, so that their dates are the person's dates."""
    moments = {name: getattr(task, name) for name in ("start_date", "due_date")}
    return task.model_copy(update={name: moment.astimezone(zone) for name, moment in moments.items() if moment})


def _windows(prompt: PlanPhases, tasks: list[TaskToPlan]) -> list[_Window]:
    """Stretches of about the same length from the start to the end, or as far as the tasks reach."""
    latest = max((day for task in tasks if (day := _day(task)) is not None), default=prompt.start)
    count = _count(len(tasks), ((prompt.end or latest) - prompt.start).days)
    end = prompt.end or max(latest, prompt.start + count * _WEEK - timedelta(days=1))
    days = max((end - prompt.start).days + 1, 1)
    count = min(count, days)
    edges = [prompt.start + timedelta(days=round(days * number / count)) for number in range(count + 1)]
    return [_Window(start, following - timedelta(days=1)) for start, following in pairwise(edges)]


def _count(tasks: int, days: int) -> int:
    least = next((phases for longer_than, phases in _LEAST_BY_DAYS if days > longer_than), 2)
    most = 1 if tasks <= _FEWEST_TASKS else max(2, tasks // _FEWEST_TASKS)
    return min(max(ceil(tasks / _TASKS_PER_PHASE), least), most, _MOST_PHASES)


def _in_order(desk: _Desk) -> Iterator[TaskToPlan]:
    """Dependencies before what waits for them; else by date, then what has begun, then priority. Circles are cut."""

    def urgency(task: TaskToPlan) -> tuple[date, bool, int]:
        begun = task.status != "in_progress"
        return (desk.needed_by.get(task.id, date.max), begun, _PRIORITIES.get(task.priority, 1))

    waiting = sorted(desk.tasks.values(), key=urgency)
    done: set[UUID] = set()
    while waiting:
        ready = (each for each in waiting if not (desk.tasks.keys() & set(each.dependencies)) - done)
        task = next(ready, waiting[0])
        waiting.remove(task)
        done.add(task.id)
        yield task


def _day(task: TaskToPlan) -> date | None:
    moment = task.due_date or task.start_date
    return moment.date() if moment else None


def _names(windows: list[_Window]) -> list[str]:
    """A noun that a phase's tasks share and no other phase does, else what its place in the order says."""
    nouns = [repeated_noun([task.title for task in window.tasks]) for window in windows]
    counts = Counter(nouns)
    return [
        capital(noun) if noun and counts[noun] == 1 else _place_name(number, len(windows))
        for number, noun in enumerate(nouns, start=1)
    ]


def _place_name(number: int, count: int) -> str:
    if count == 1:
        return "All of it"
    return {1: "First steps", count: "To the finish"}.get(
        number, f"Next steps {number - 1}" if count > 3 else "Next steps"
    )


def _phase(number: int, window: _Window, name: str) -> ReplyPhase:
    return ReplyPhase(order=number, name=name, start_date=str(window.start), end_date=str(window.end))


def _summary(prompt: PlanPhases, tasks: list[TaskToPlan], windows: list[_Window]) -> str:
    dated = sum(_day(task) is not None for task in tasks)
    phases = "one phase" if len(windows) == 1 else f"{len(windows)} phases"
    by_date = f", {dated} of them placed by their dates" if dated else ""
    unread = " The rules cannot read your instructions; a language model can." if prompt.user_instructions else ""
    days = f"from {_said(windows[0].start)} to {_said(windows[-1].end)}"
    return f"{counted(len(tasks), 'task')} in {phases} {days}{by_date}.{unread}"


def _said(day: date) -> str:
    return f"{day.day} {day:%B}"
