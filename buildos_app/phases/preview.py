"""What a plan would cover and what it would move, before any model is asked (behaviour.md 6.7). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from buildos_app.errors import InvalidInput
from buildos_app.models.project import TaskStatus
from buildos_app.phases.facts import MOST_TASKS, ProjectFacts, Selection, kept_phases, select
from buildos_app.phases.options import CalendarHandling, PlanOptions
from buildos_app.phases.prompts import TaskToPlan
from buildos_app.phases.staying import is_protected
from buildos_app.phases.strategies.choose import STRATEGIES
from buildos_app.phrases.wall_clock import at_local

LEAST_BY_DAYS = ((90, 6), (60, 5), (30, 4), (14, 3))
FEWEST_PHASES = 2


@dataclass(frozen=True)
class Move:
    """A start that would change: to a new moment, or to none; with `is_anew` to one that the plan finds."""

    title: str
    old: datetime
    new: datetime | None
    is_anew: bool = False


@dataclass(frozen=True)
class Preview:
    """The counts, the conflicts by title, and the starts that would change. `waiting` and `recurring` are left out.
    `series` are all repetitions that are not over, `events` counts planned tasks that stand in a calendar, `unsure` the
    starts that phases alone take away if they lie outside of their phase, which only the plan knows."""

    tasks: int
    by_status: dict[str, int]
    waiting: int
    recurring: int
    past: list[str]
    outside: list[str]
    moves: list[Move]
    series: list[TaskToPlan]
    events: int
    unsure: int
    phases: int
    kept: int
    replaced: int


def preview(facts: ProjectFacts, options: PlanOptions) -> Preview:
    """What these options mean for the project as it is."""
    selection = select(facts, options)
    open_tasks = [task for task in selection.tasks if task.status != TaskStatus.DONE and not task.recurrence_pattern]
    moves = _moves(open_tasks, facts, options)
    dated = sum(task.start_date is not None and not is_protected(task, options) for task in open_tasks)
    kept = len(kept_phases(facts.phases, facts.today)) if options.keep_finished else 0
    return Preview(
        tasks=len(selection.tasks),
        by_status={
            status: sum(task.status == status and _counts(task, options) for task in facts.tasks)
            for status in TaskStatus
        },
        waiting=selection.waiting,
        recurring=len(selection.recurring),
        past=[task.title for task in open_tasks if _is_past(task, facts)],
        outside=[task.title for task in open_tasks if _is_outside(task, facts, options)],
        moves=moves,
        series=[task for task in facts.tasks if task.recurrence_pattern and task.status != TaskStatus.DONE],
        events=sum(task.has_event for task in open_tasks),
        unsure=0 if options.gives_dates else dated - len(moves),
        phases=estimated_phases(len(selection.tasks), options),
        kept=kept,
        replaced=len(facts.phases) - kept,
    )


def check_selection(selection: Selection) -> None:
    """Raises InvalidInput when there is nothing to plan, or too much at once."""
    if not selection.tasks:
        raise InvalidInput("There is no open task to plan. Add one first, or tick another status.")
    if len(selection.tasks) > MOST_TASKS:
        raise InvalidInput(f"A plan covers at most {MOST_TASKS} tasks, and these are more. Untick a status.")


def estimated_phases(tasks: int, options: PlanOptions) -> int:
    """About how many phases there will be: by the number of tasks, raised for a long project."""
    strategy = STRATEGIES[options.method]
    days = (options.end - options.start).days if options.end else 0
    least = next((phases for longer_than, phases in LEAST_BY_DAYS if days > longer_than), FEWEST_PHASES)
    return min(max(ceil(tasks / strategy.tasks_per_phase), least), strategy.most_phases) if tasks else 0


def _counts(task: TaskToPlan, options: PlanOptions) -> bool:
    return options.include_recurring or not task.recurrence_pattern


def _is_past(task: TaskToPlan, facts: ProjectFacts) -> bool:
    moment = task.due_date or task.start_date
    return moment is not None and facts.day(moment) < facts.today


def _is_outside(task: TaskToPlan, facts: ProjectFacts, options: PlanOptions) -> bool:
    moment = task.start_date or task.due_date
    if moment is None:
        return False
    day = facts.day(moment)
    return day < options.start or (options.end is not None and day > options.end)


def _moves(tasks: list[TaskToPlan], facts: ProjectFacts, options: PlanOptions) -> list[Move]:
    """The starts in conflict (behaviour.md 6.4); phases alone take them away, the other methods give new ones. Where
    every time is found anew, all of them."""
    all_anew = options.gives_dates and options.calendar_handling == CalendarHandling.CLEAR
    moves = []
    for task in tasks:
        start = task.start_date
        if start is None or is_protected(task, options):
            continue
        day = _new_day(facts.day(start), facts, options)
        if all_anew:
            moves.append(Move(task.title, start, None, is_anew=True))
        elif day is not None:
            moves.append(Move(task.title, start, at_local(day, time(9), facts.now) if options.gives_dates else None))
    return moves


def _new_day(day: date, facts: ProjectFacts, options: PlanOptions) -> date | None:
    """Where a start that cannot stay goes: past or too early to the first day that is left, too late to three fifths of
    the project. None for one that may stay."""
    first = max(facts.today, options.start)
    if day < first:
        return first
    if options.end is not None and day > options.end:
        return max(first, options.start + timedelta(days=round((options.end - options.start).days * 0.6)))
    return None
