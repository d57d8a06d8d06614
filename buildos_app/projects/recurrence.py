"""How a task comes back: rules of RFC 5545 under our seven words, expanded on the calendar. Pure.

Dates are those of the person's calendar and the time is that of their wall clock, so a change of the clocks moves
nothing. A day that a month does not have falls on its last day (behaviour.md 4.7), and the rules say so themselves:
`BYMONTHDAY=28,29,30,31;BYSETPOS=-1` is the 31st, or what comes nearest before it.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import cast

from dateutil.rrule import rrule, rrulestr

from buildos_app.errors import InvalidInput
from buildos_app.models.project import RecurrencePattern

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_SAFE_DAY = 28
YEARS_AHEAD = 10
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d?",
    "BYDAY": r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)){0,6}",
    "BYMONTHDAY": r"-?\d{1,2}(?:,-?\d{1,2}){0,30}",
    "BYMONTH": r"\d{1,2}(?:,\d{1,2}){0,11}",
    "BYSETPOS": r"-?\d{1,3}",
    "WKST": r"MO|SU",
}
_NTH = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def rule_of(pattern: str, start: date) -> str:
    """The rule of a pattern that begins on `start`."""
    weekday, month = DAYS[start.weekday()], f"FREQ=YEARLY;BYMONTH={start.month}"
    day = _month_day(start.day)
    return {
        RecurrencePattern.DAILY: "FREQ=DAILY",
        RecurrencePattern.WEEKDAYS: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        RecurrencePattern.WEEKLY: f"FREQ=WEEKLY;BYDAY={weekday}",
        RecurrencePattern.BIWEEKLY: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        RecurrencePattern.MONTHLY: f"FREQ=MONTHLY;{day}",
        RecurrencePattern.QUARTERLY: f"FREQ=MONTHLY;INTERVAL=3;{day}",
        RecurrencePattern.YEARLY: f"{month};{_year_day(start)}",
    }[RecurrencePattern(pattern)]


def _month_day(day: int) -> str:
    if day <= LAST_SAFE_DAY:
        return f"BYMONTHDAY={day}"
    return f"BYMONTHDAY={','.join(map(str, range(LAST_SAFE_DAY, day + 1)))};BYSETPOS=-1"


def _year_day(start: date) -> str:
    leap_day = (start.month, start.day) == (2, 29)
    return "BYMONTHDAY=28,29;BYSETPOS=-1" if leap_day else f"BYMONTHDAY={start.day}"


def check_rule(rule: str) -> str:
    """The rule, if it is one that we can expand and say. Raises InvalidInput for every other text."""
    parts = [part.partition("=") for part in rule.upper().split(";")]
    known = all(name in _PARTS and re.fullmatch(_PARTS[name], value) for name, _, value in parts)
    names = [name for name, _, _ in parts]
    if not known or "FREQ" not in names or len(set(names)) != len(names):
        raise InvalidInput("This repetition is not one that BuildOS knows. Choose one of the list.")
    try:
        _expanded(rule.upper(), date(2026, 1, 1), date(2026, 1, 1))
    except ValueError:
        raise InvalidInput("This repetition has no dates. Choose one of the list.") from None
    return rule.upper()


def occurrences(rule: str, start: date, *, after: date, until: date) -> list[date]:
    """The dates of a rule that begins on `start`, later than `after`, up to and including `until`."""
    if until < start:
        return []
    found = _expanded(rule, start, until).between(_midnight(after), _midnight(until), inc=True)
    return [moment.date() for moment in found if moment.date() > after]


def next_dates(rule: str, start: date, *, after: date, count: int, ends: date | None = None) -> list[date]:
    """The next `count` dates later than `after`; fewer where the repetition ends."""
    limit = max(after, start) + timedelta(days=366 * YEARS_AHEAD)
    series = _expanded(rule, start, min(limit, ends) if ends else limit)
    return [moment.date() for moment in series.xafter(_midnight(after), count=count, inc=False)]


def _expanded(rule: str, start: date, until: date) -> rrule:
    series = cast(rrule, rrulestr(rule, dtstart=_midnight(start)))
    bounded: rrule = series.replace(until=_midnight(until))
    return bounded


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def rule_words(rule: str, start: date) -> str:
    """A rule as people say it: "every Monday", "every 2 weeks on Monday", "every month on the last Friday"."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    unit, interval = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    every = f"every {unit}" if interval == 1 else f"every {interval} {unit}s"
    days = parts.get("BYDAY", "")
    if days == "MO,TU,WE,TH,FR":
        return "every weekday" if interval == 1 else f"{every} from Monday to Friday"
    if parts["FREQ"] == "WEEKLY" and days:
        named = _listed([DAY_NAMES[DAYS.index(day)] for day in days.split(",")])
        return f"every {named}" if interval == 1 else f"{every} on {named}"
    if days:
        return f"{every} on {_listed([_nth_words(day) for day in days.split(',')])}"
    if parts["FREQ"] in ("MONTHLY", "YEARLY"):
        return f"{every} {_day_words(parts, start)}"
    return every


def rule_phrase(rule: str) -> str:
    """A rule in words that the grammar of `buildos_app/phrases` reads again; empty for rules that it never makes."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    unit, interval, days = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1")), parts.get("BYDAY", "")
    if parts.get("BYSETPOS") == "-1" and parts["FREQ"] == "MONTHLY":
        last = parts["BYMONTHDAY"].split(",")[-1]
        return "on the last day of every month" if last == "31" else f"every {_ordinal(int(last))} of the month"
    if days and not days[0].isalpha():
        return f"every {_nth_words(days).removeprefix('the ')} of the month"
    if days and interval == 1:
        return f"every {_listed([DAY_NAMES[DAYS.index(day)] for day in days.split(',')])}"
    return f"every {interval} {unit}s" if interval > 1 and not days else ""


def _nth_words(day: str) -> str:
    nth, name = day[:-2].lstrip("+"), DAY_NAMES[DAYS.index(day[-2:])]
    return f"the {_NTH[nth]} {name}" if nth else name


def _day_words(parts: dict[str, str], start: date) -> str:
    last = parts.get("BYMONTHDAY", str(start.day)).split(",")[-1]
    if parts["FREQ"] == "YEARLY":
        month = int(parts.get("BYMONTH", str(start.month)).split(",")[0])
        return f"on {last} {date(2024, month, 1):%B}"
    return "on the last day" if last in ("31", "-1") else f"on the {_ordinal(int(last))}"


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
