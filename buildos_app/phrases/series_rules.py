"""Rules for repetitions that no pattern says alone: "every Monday and Thursday", "every 3 days"."""

import re
from datetime import date, datetime
from re import Match

from buildos_app.models.project import RecurrencePattern
from buildos_app.phrases.meanings import Meaning, Repeat, Rule
from buildos_app.phrases.notation import group, number, pattern, weekday_number

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_DAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)days"
_UNITS = {
    "day": (RecurrencePattern.DAILY, "DAILY"),
    "week": (RecurrencePattern.WEEKLY, "WEEKLY"),
    "month": (RecurrencePattern.MONTHLY, "MONTHLY"),
    "year": (RecurrencePattern.YEARLY, "YEARLY"),
}
_SAID_BY_A_PATTERN = {(2, "week"), (3, "month"), (12, "month"), (1, "day"), (1, "week"), (1, "month"), (1, "year")}
MOST = 99


def _several_weekdays(found: Match[str], now: datetime) -> Meaning | None:
    names = re.findall(_DAY, found["days"].lower())
    days = sorted({weekday_number(name[:3]) for name in names})

    def fits(day: date) -> bool:
        return day.weekday() in days

    return Repeat(RecurrencePattern.WEEKLY, fits, f"FREQ=WEEKLY;BYDAY={','.join(CODES[day] for day in days)}")


def _counted(found: Match[str], now: datetime) -> Meaning | None:
    count, unit = number(found["count"]), group(found, "each")
    if (count, unit) in _SAID_BY_A_PATTERN or not 1 <= count <= MOST:
        return None
    repeated, frequency = _UNITS[unit]
    return Repeat(repeated, None, f"FREQ={frequency};INTERVAL={count}")


def _every_other_day(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.DAILY, None, "FREQ=DAILY;INTERVAL=2")


SERIES_RULES: list[Rule] = [
    (pattern("(?:every|each) (?:other|second|2nd) day"), _every_other_day),
    (pattern(f"(?P<days>{_DAYS}(?:(?:,? and | & |, ?|/){_DAYS}){{1,6}})"), _several_weekdays),
    (
        pattern(f"(?:(?:every|each) |on )(?P<days>{_DAY}(?:(?:,? and | & |, ?|/){_DAY}){{1,6}})"),
        _several_weekdays,
    ),
    (pattern("(?:every|each) <count> (?P<each>day|week|month|year)s"), _counted),
]
