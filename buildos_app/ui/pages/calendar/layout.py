"""Where a block stands on a day: its height from its times, its lane from what it overlaps. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

FIRST_HOUR, LAST_HOUR = 6, 22
HOUR_PIXELS = 48
SHORTEST = 20


@dataclass(frozen=True)
class Span:
    """A stretch of a day in minutes from its midnight."""

    start: int
    end: int


def span_on(day: date, start: datetime, end: datetime) -> Span:
    """The part of a stretch that lies on a day, by the clock of its zone."""
    midnight = datetime.combine(day, time(), start.tzinfo)
    first = int((start - midnight).total_seconds() // 60) if start.date() >= day else 0
    last = int((end - midnight).total_seconds() // 60) if end.date() <= day else 24 * 60
    return Span(max(first, 0), max(min(last, 24 * 60), first + 1))


def hours_of(spans: list[Span]) -> tuple[int, int]:
    """The hours to show: from 6 to 22, and further where something lies outside."""
    first = min([FIRST_HOUR, *(span.start // 60 for span in spans)])
    last = max([LAST_HOUR, *(-(-span.end // 60) for span in spans)])
    return first, last


def lanes(spans: list[Span]) -> list[tuple[int, int]]:
    """For each span, in order of their starts, its lane and how many lanes its group has."""
    placed: list[int] = []
    result: list[tuple[int, int]] = []
    ends: list[int] = []
    group_begin, group_end = 0, -1
    for index, span in enumerate(spans):
        if span.start >= group_end:
            _close(result, group_begin, index, placed)
            group_begin, ends = index, []
        lane = next((number for number, end in enumerate(ends) if end <= span.start), len(ends))
        ends[lane : lane + 1] = [_bottom(span)]
        placed.append(lane)
        group_end = max(group_end if span.start < group_end else -1, _bottom(span))
    _close(result, group_begin, len(spans), placed)
    return result


def _bottom(span: Span) -> int:
    """A short block is drawn higher than it is long."""
    return max(span.end, span.start + SHORTEST)


def _close(result: list[tuple[int, int]], begin: int, end: int, placed: list[int]) -> None:
    if begin < end:
        width = max(placed[begin:end]) + 1
        result.extend((placed[index], width) for index in range(begin, end))


def first_day(day: date, view: str) -> date:
    """A week begins on Monday."""
    return day - timedelta(days=day.weekday()) if view == "week" else day
