"""The answer to PlanPhases: windows of time, tasks with dates in theirs, the others where there is room."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from typing import Final
from uuid import UUID

from buildos_app.integrations.offline.naming import repeated_noun
from buildos_app.integrations.offline.titles import capital, shorten
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, PlanPhases, TaskAssignment, TaskToPlan

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


def plan_phases(prompt: PlanPhases) -> PhasePlan:
    """Split the tasks: none before what it waits for, dated ones around their date, the rest evenly, urgent first."""
    tasks = [_in_zone(task, prompt.now.tzinfo) for task in prompt.tasks]
    windows = _windows(prompt, tasks)
    reasons: dict[UUID, str] = {}
    places: dict[UUID, int] = {}
    room = ceil(len(tasks) / len(windows)) + 1
    for task in _in_order(tasks):
        places[task.id], reasons[task.id] = _place(task, windows, places, room)
        windows[places[task.id]].tasks.append(task)
    used = [window for window in windows if window.tasks]
    names = _names(used)
    phases = [_phase(number, window, names[number - 1]) for number, window in enumerate(used, start=1)]
    assignments = [
        TaskAssignment(task_id=task.id, phase_order=number, reason=reasons[task.id])
        for number, window in enumerate(used, start=1)
        for task in window.tasks
    ]
    return PhasePlan(phases=phases, assignments=assignments, summary=_summary(tasks, used))


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


def _in_order(tasks: list[TaskToPlan]) -> Iterable[TaskToPlan]:
    """Dependencies before what waits for them; else by date, then what has begun, then priority. Circles are cut."""
    waiting = sorted(tasks, key=_urgency)
    done: set[UUID] = set()
    known = {task.id for task in tasks}
    while waiting:
        task = next((each for each in waiting if not (set(each.dependencies) & known) - done), waiting[0])
        waiting.remove(task)
        done.add(task.id)
        yield task


def _urgency(task: TaskToPlan) -> tuple[date, bool, int]:
    return (_day(task) or date.max, task.status != "in_progress", _PRIORITIES.get(task.priority, 1))


def _day(task: TaskToPlan) -> date | None:
    moment = task.due_date or task.start_date
    return moment.date() if moment else None


def _place(task: TaskToPlan, windows: list[_Window], places: dict[UUID, int], room: int) -> tuple[int, str]:
    """The number of the task's window, and why."""
    before = [other for other in task.dependencies if other in places]
    earliest = max((places[other] for other in before), default=0)
    day = _day(task)
    if day is not None:
        number = max(earliest, _window_of(day, windows))
        return number, f"{'due' if task.due_date else 'begins'} {_said(day)}"
    if before:
        title = next(each.title for window in windows for each in window.tasks if each.id in before)
        return _first_with_room(windows, earliest, room), f"waits for “{shorten(title, _NAME_LENGTH)}”"
    if task.status == "in_progress":
        return 0, "in progress already"
    if task.priority == "high":
        return 0, "high priority, so it comes first"
    if task.priority == "low":
        return len(windows) - 1, "low priority, so it can wait"
    return _first_with_room(windows, 0, room), "has no date: as soon as there is room"


def _window_of(day: date, windows: list[_Window]) -> int:
    return next((number for number, window in enumerate(windows) if day <= window.end), len(windows) - 1)


def _first_with_room(windows: list[_Window], earliest: int, room: int) -> int:
    last = len(windows) - 1
    return next((number for number in range(earliest, last) if len(windows[number].tasks) < room), last)


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


def _phase(number: int, window: _Window, name: str) -> PlannedPhase:
    return PlannedPhase(order=number, name=name, start_date=window.start, end_date=window.end)


def _summary(tasks: list[TaskToPlan], windows: list[_Window]) -> str:
    dated = sum(_day(task) is not None for task in tasks)
    phases = "one phase" if len(windows) == 1 else f"{len(windows)} phases"
    counted = "1 task" if len(tasks) == 1 else f"{len(tasks)} tasks"
    by_date = f", {dated} of them placed by their dates" if dated else ""
    return f"{counted} in {phases} from {_said(windows[0].start)} to {_said(windows[-1].end)}{by_date}."


def _said(day: date) -> str:
    return f"{day.day} {day:%B}"
