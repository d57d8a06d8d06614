"""What a piece of a phrase can mean, before the pieces become one moment."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from re import Match, Pattern
from typing import Literal

from buildos_app.models.project import RecurrencePattern


@dataclass(frozen=True)
class Weekday:
    """A day of the week, 0 for Monday; `which` is how it was named: "Friday", "this Friday", "next Friday"."""

    number: int
    which: Literal["bare", "this", "next"] = "bare"


@dataclass(frozen=True)
class Day:
    """One day of the calendar. `is_deadline` for words such as "end of the month", which name a last day.

    `other` is the day that the same words mean to people elsewhere ("3/12").
    """

    date: datetime.date
    is_deadline: bool = False
    other: datetime.date | None = None


@dataclass(frozen=True)
class Period:
    """A week, a weekend, a month or a longer time, first and last day included."""

    first: datetime.date
    last: datetime.date
    is_week: bool = False


@dataclass(frozen=True)
class Clock:
    """A time of day. `is_bare`: 1 to 12 without am or pm. `is_weak`: only counts next to a day. `is_precise`: "7:30".

    `zone` is where the clock hangs, when the words say so ("9am Pacific"); "" for where the person is.
    """

    hour: int
    minute: int = 0
    is_bare: bool = False
    is_weak: bool = False
    is_precise: bool = False
    zone: str = ""


@dataclass(frozen=True)
class DayPart:
    """Morning, afternoon, evening or night, with the hour that stands for it."""

    name: str
    hour: int
    is_today: bool = False
    is_weak: bool = False


@dataclass(frozen=True)
class Repeat:
    """A repetition; `fits` says whether a day can be one of its days, None where any day can.

    `rule` is an RRULE where the pattern does not say it all; of a counted one only its beginning.
    """

    pattern: RecurrencePattern
    fits: Callable[[datetime.date], bool] | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Moment:
    """An exact moment, such as that of "in an hour"."""

    at: datetime.datetime
    is_deadline: bool = False


@dataclass(frozen=True)
class Nothing:
    """Words that look like a date and are none ("last Friday", "one day"): they are skipped."""


Meaning = Weekday | Day | Period | Clock | DayPart | Repeat | Moment | Nothing
Rule = tuple[Pattern[str], Callable[[Match[str], datetime.datetime], Meaning | None]]


@dataclass(frozen=True)
class Piece:
    """A meaning and the characters of the text that carry it."""

    meaning: Meaning
    start: int
    end: int
