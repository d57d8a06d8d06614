"""From a group of pieces to one moment in the person's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from buildos_app.models.project import RecurrencePattern
from buildos_app.phrases.grouping import Group
from buildos_app.phrases.meanings import Clock, DayPart, Period, Repeat, Weekday
from buildos_app.phrases.wall_clock import at_local, monday_of, next_weekday

START_OF_DAY = time(9, 0)
END_OF_DAY = time(23, 59)
EARLY = 7
"""Written with its minutes, "7:30" is the morning; from 8 on every hour is, and before it none."""
_LOOK_AHEAD_DAYS = 800
_IN_THE_EVENING = re.compile(
    r"\b(?:dinner|supper|drinks|cinema|movie|film|concert|theatre|theater|opera|gig|party)\b", re.IGNORECASE
)
_IN_THE_MORNING = re.compile(r"\b(?:breakfast|wake|alarm|get up|school run|sunrise)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Resolved:
    """The moment that a group names."""

    kind: Literal["start", "due"]
    at: datetime
    has_time: bool
    recurrence: RecurrencePattern | None
    other: date | None = None
    perhaps: date | None = None
    rule: str | None = None


def resolve(group: Group, now: datetime, occasion: str = "") -> Resolved | None:
    """The moment in the zone of `now`, or None where the calendar has none.

    `occasion` is what happens then: dinner at 7 is not breakfast at 7.
    """
    try:
        return _exact(group) or _on_a_day(group, now, occasion)
    except (ValueError, OverflowError):  # beyond the years that a date can hold
        return None


def _exact(group: Group) -> Resolved | None:
    if not group.moment:
        return None
    is_due = group.moment.is_deadline or group.lead in ("by", "before")
    return Resolved("due" if is_due else "start", group.moment.at, True, None)


def _on_a_day(group: Group, now: datetime, occasion: str) -> Resolved | None:
    kind: Literal["start", "due"] = "due" if _is_due(group) else "start"
    clock = _time_of_day(group.clock, group.part, occasion)
    day = _day(group, clock, now)
    if day is None:
        return None
    if clock is None:
        day = _shifted(group, day, now.date())
        at = at_local(day, END_OF_DAY if kind == "due" else START_OF_DAY, now)
    else:
        at = _at(day, clock, _there(group, now)).astimezone(now.tzinfo)
    pattern = group.repeat.pattern if group.repeat else None
    rule = group.repeat.rule if group.repeat else None
    other = group.day.other if group.day else None
    return Resolved(kind, at, clock is not None, pattern, other, _perhaps(group, now.date()), rule)


def _perhaps(group: Group, today: date) -> date | None:
    """To some, "next Friday" is the Friday of this week."""
    if group.repeat or group.day or group.period or group.weekday is None or group.weekday.which != "next":
        return None
    of_this_week = monday_of(today) + timedelta(days=group.weekday.number)
    return of_this_week if of_this_week > today else None


def _is_due(group: Group) -> bool:
    if group.lead in ("by", "before"):
        return True
    return bool(group.day and group.day.is_deadline and not group.clock)


def _time_of_day(clock: Clock | None, part: DayPart | None, occasion: str) -> tuple[int, int] | None:
    """Hour (0 to 24, 24 ends the day) and minute."""
    if clock is None:
        return (part.hour, 0) if part else None
    if not clock.is_bare:
        return clock.hour, clock.minute
    named = part.name if part else _part_of(occasion, clock.hour)
    if not named and clock.is_precise and clock.hour == EARLY:
        return clock.hour, clock.minute
    return _hour(clock.hour, named), clock.minute


def _part_of(occasion: str, hour: int) -> str:
    """The part of the day that the occasion tells for an hour from 5 to 9; empty where it tells none."""
    if not 5 <= hour <= 9:
        return ""
    return "evening" if _IN_THE_EVENING.search(occasion) else "morning" if _IN_THE_MORNING.search(occasion) else ""


def _hour(hour: int, part: str) -> int:
    if part == "morning":
        return hour % 12
    if part == "night" and (hour == 12 or hour <= 4):
        return 24 if hour == 12 else hour
    if part in ("afternoon", "evening", "night"):
        return hour % 12 + 12
    return hour + 12 if hour <= 7 else hour


def _day(group: Group, clock: tuple[int, int] | None, now: datetime) -> date | None:
    today = now.date()
    is_ahead = clock is not None and _at(today, clock, _there(group, now)) > now
    if group.repeat:
        return _first_day(group, group.repeat, today, clock is None, is_ahead)
    if group.day:
        return group.day.date
    if group.weekday:
        return _weekday(group.weekday, group.period, today, is_ahead)
    if group.period:
        return group.period.first
    is_today = group.part is not None and group.part.is_today
    return today if is_ahead or is_today else today + timedelta(days=1)


def _weekday(weekday: Weekday, period: Period | None, today: date, is_ahead: bool) -> date:
    monday = monday_of(period.first if period else today)
    of_this_week = monday + timedelta(days=weekday.number)
    if period:
        return of_this_week
    if weekday.which == "next":
        return of_this_week + timedelta(days=7)
    is_open = weekday.which == "this" or is_ahead
    if of_this_week > today or (of_this_week == today and is_open):
        return of_this_week
    return next_weekday(today, weekday.number)


def _first_day(group: Group, repeat: Repeat, today: date, is_untimed: bool, is_ahead: bool) -> date | None:
    fits = repeat.fits
    if group.weekday and fits is None:
        number = group.weekday.number
        fits = lambda day: day.weekday() == number  # noqa: E731
    if group.day:
        earliest = group.day.date
    else:
        starts_today = is_ahead or (is_untimed and fits is None)
        earliest = today if starts_today else today + timedelta(days=1)
    days = (earliest + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS))
    return next((day for day in days if fits is None or fits(day)), None)


def _shifted(group: Group, day: date, today: date) -> date:
    """ "before" ends the evening before, "after" begins the morning after."""
    if group.lead == "after" and not group.repeat:
        return (group.period.last if group.period and not group.weekday else day) + timedelta(days=1)
    if group.day and group.day.is_deadline:  # "before the end of the month" is its end
        return day
    is_period = group.period is not None and group.weekday is None
    if group.lead == "before" or (group.lead == "by" and is_period):
        return max(day - timedelta(days=1), today)
    return day


def _there(group: Group, now: datetime) -> datetime:
    """Now, where the clock of the group hangs."""
    return now.astimezone(ZoneInfo(group.clock.zone)) if group.clock and group.clock.zone else now


def _at(day: date, clock: tuple[int, int], now: datetime) -> datetime:
    hour, minute = clock
    if hour == 24:
        return at_local(day + timedelta(days=1), time(0, minute), now)
    return at_local(day, time(hour, minute), now)
