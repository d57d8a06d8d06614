"""When a task could be done: free stretches of the working days, each with its reason, and why a day has none. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.phrases.wall_clock import at_local

STEP = timedelta(minutes=30)
DAYS, MOST, MOST_A_DAY = 7, 10, 2
NOON = time(12)


@dataclass(frozen=True)
class Taken:
    """A stretch that is not free, and by what; `task` is the id of the task that it is, if it is one."""

    start: datetime
    end: datetime
    title: str
    task: UUID | None = None


@dataclass(frozen=True)
class Slot:
    """A suggestion."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class Refusal:
    """A day without one."""

    day: date
    reason: str


def find_slots(
    taken: list[Taken], minutes: int, hours: WorkingHours, now: datetime, *, is_important: bool = False
) -> tuple[list[Slot], list[Refusal]]:
    """At most ten suggestions for a task of so many minutes in the seven days from `now`, which carries the zone.

    Mornings come first for what is important.
    """
    slots: list[Slot] = []
    refusals: list[Refusal] = []
    for number in range(DAYS):
        day = now.date() + timedelta(days=number)
        found = _on_day(sorted(taken, key=lambda each: each.start), minutes, hours, now, day)
        if isinstance(found, str):
            refusals.append(Refusal(day, found))
        else:
            slots += found[:MOST_A_DAY]
    if is_important:
        slots.sort(key=lambda slot: slot.start.timetz().replace(tzinfo=None) >= NOON)
    return slots[:MOST], refusals


def _on_day(taken: list[Taken], minutes: int, hours: WorkingHours, now: datetime, day: date) -> list[Slot] | str:
    if day.isoweekday() not in hours.days:
        return "no working day"
    opens, closes = at_local(day, hours.start, now), at_local(day, hours.end, now)
    begin = max(opens, _rounded_up(now))
    if begin >= closes:
        return "the working day is over"
    length = timedelta(minutes=minutes)
    if closes - opens < length:
        return f"longer than the working day, {hours.words}"
    slots, longest = [], timedelta()
    for start, end, reason in _gaps(taken, begin, closes):
        longest = max(longest, end - start)
        first = _rounded_up(start)
        if first + length <= end:
            slots.append(Slot(first, first + length, reason))
    if not slots:
        free = int(longest.total_seconds() // 60)
        return f"the longest free stretch has {free} min" if free else "fully taken"
    return slots


def _gaps(taken: list[Taken], begin: datetime, closes: datetime) -> list[tuple[datetime, datetime, str]]:
    gaps, at, before = [], begin, ""
    for each in taken:
        if each.end <= at or each.start >= closes:
            continue
        if each.start > at:
            gaps.append((at, each.start, _words(before, each.title)))
        at, before = max(at, each.end), each.title
    if at < closes:
        gaps.append((at, closes, _words(before, "")))
    return gaps


def _words(before: str, after: str) -> str:
    if before and after:
        return f"between “{before}” and “{after}”"
    if before:
        return f"free from “{before}” to the end of the day"
    return f"free until “{after}”" if after else "nothing else that day"


def _rounded_up(moment: datetime) -> datetime:
    """To the next half hour on the clock."""
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + STEP


def clashes(start: datetime, end: datetime, taken: list[Taken], task: UUID) -> list[str]:
    """What else than this task happens at that time."""
    return [each.title for each in taken if each.start < end and each.end > start and each.task != task]
