"""Rules for repetitions: "every Monday", "each weekday", "monthly", "on the 1st of every month"."""

from collections.abc import Callable
from datetime import date, datetime
from re import Match

from buildos_app.models.project import RecurrencePattern
from buildos_app.phrases.meanings import Meaning, Repeat, Rule
from buildos_app.phrases.notation import ORDINAL_WORDS, group, month_number, not_after, number, pattern, weekday_number
from buildos_app.phrases.series_rules import CODES
from buildos_app.phrases.wall_clock import last_of_month, nth_weekday

_BY_UNIT = {
    "day": RecurrencePattern.DAILY,
    "week": RecurrencePattern.WEEKLY,
    "fortnight": RecurrencePattern.BIWEEKLY,
    "month": RecurrencePattern.MONTHLY,
    "quarter": RecurrencePattern.QUARTERLY,
    "year": RecurrencePattern.YEARLY,
}
_BY_ADVERB = {
    "daily": RecurrencePattern.DAILY,
    "nightly": RecurrencePattern.DAILY,
    "weekly": RecurrencePattern.WEEKLY,
    "biweekly": RecurrencePattern.BIWEEKLY,
    "fortnightly": RecurrencePattern.BIWEEKLY,
    "monthly": RecurrencePattern.MONTHLY,
    "quarterly": RecurrencePattern.QUARTERLY,
    "yearly": RecurrencePattern.YEARLY,
    "annually": RecurrencePattern.YEARLY,
}
_COUNTED = {
    (2, "week"): RecurrencePattern.BIWEEKLY,
    (3, "month"): RecurrencePattern.QUARTERLY,
    (12, "month"): RecurrencePattern.YEARLY,
    (1, "week"): RecurrencePattern.WEEKLY,
    (1, "month"): RecurrencePattern.MONTHLY,
}


def _is_workday(day: date) -> bool:
    return day.weekday() < 5


def _on_weekday(weekday: int) -> Callable[[date], bool]:
    return lambda day: day.weekday() == weekday


def _on_day_of_month(number_of_day: int) -> Callable[[date], bool]:
    return lambda day: day.day == min(number_of_day, last_of_month(day).day)


def _unit(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(_BY_UNIT[found["unit"].lower()])


def _every_part(found: Match[str], now: datetime) -> Meaning | None:
    """ "every morning": the part of the day stands behind it."""
    return Repeat(RecurrencePattern.DAILY)


def _adverb_on(found: Match[str], now: datetime) -> Meaning | None:
    """ "weekly on Thursdays"."""
    return Repeat(_BY_ADVERB[found["adverb"].lower()], _on_weekday(weekday_number(found["weekday"])))


def _counted(found: Match[str], now: datetime) -> Meaning | None:
    repeated = _COUNTED.get((number(found["count"]), found["unit"].lower()))
    return Repeat(repeated) if repeated else None


def _other_week(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.BIWEEKLY)


def _weekday(found: Match[str], now: datetime) -> Meaning | None:
    is_second = group(found, "other") != ""
    repeated = RecurrencePattern.BIWEEKLY if is_second else RecurrencePattern.WEEKLY
    return Repeat(repeated, _on_weekday(weekday_number(found["weekday"])))


def _workdays(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.WEEKDAYS, _is_workday)


def _weekend(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.WEEKLY, _on_weekday(5))


def _adverb(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(_BY_ADVERB[found["adverb"].lower().replace("-", "")])


def _day_of_month(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.MONTHLY, _on_day_of_month(day := int(found["ordinal"][:-2])), _last_days(day))


def _last_days(day: int) -> str | None:
    """The rule of a day that short months lack: what comes nearest before it. Other days are said by the start."""
    days = ",".join(str(each) for each in range(28, min(day, 31) + 1))
    return f"FREQ=MONTHLY;BYMONTHDAY={days};BYSETPOS=-1" if day > 28 else None


def _first_of_month(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.MONTHLY, _on_day_of_month(1))


def _last_day(found: Match[str], now: datetime) -> Meaning | None:
    return Repeat(RecurrencePattern.MONTHLY, _on_day_of_month(31), _last_days(31))


def _nth_weekday(found: Match[str], now: datetime) -> Meaning | None:
    nth, weekday = ORDINAL_WORDS.get(found["nth"].lower(), -1), weekday_number(found["weekday"])
    rule = f"FREQ=MONTHLY;BYDAY={nth}{CODES[weekday]}"
    return Repeat(RecurrencePattern.MONTHLY, lambda day: nth_weekday(day, nth, weekday) == day, rule)


def _day_of_year(found: Match[str], now: datetime) -> Meaning | None:
    month = month_number(found["month"])
    day = int(group(found, "ordinal")[:-2] or group(found, "day") or 1)
    return Repeat(RecurrencePattern.YEARLY, lambda each: (each.month, each.day) == (month, day))


_EVERY = "(?:every|each)(?: single)?"
_NO_ARTICLE = not_after("the", "a", "our", "my", "next", "this", "your", "their")

REPEAT_RULES: list[Rule] = [
    (pattern(f"{_EVERY} <unit>"), _unit),
    (pattern("(?:every|each)(?= (?:morning|afternoon|evening|night|lunch))"), _every_part),
    (pattern("once (?:a|per|every) <unit>"), _unit),
    (pattern(f"(?P<adverb>{'|'.join(_BY_ADVERB)}) on <anyday>s?"), _adverb_on),
    (pattern("(?:every|each) <count> <unit>"), _counted),
    (pattern("(?:every|each) (?:other|second|2nd) week|every fortnight"), _other_week),
    (pattern(f"{_EVERY} (?P<other>other |second )?<anyday>s?"), _weekday),
    (pattern("(?:on )?<weekday>s"), _weekday),
    (pattern(f"(?:{_EVERY}|on) (?:week ?days?|work ?days?|working days?)|weekdays<stop>"), _workdays),
    (pattern("(?:every|each) weekend|(?:on |at )?weekends<stop>"), _weekend),
    (pattern(rf"{_NO_ARTICLE}(?P<adverb>{'|'.join(_BY_ADVERB)}|bi-weekly)<stop>"), _adverb),
    (pattern("(?:on )?(?:the )?<ordinal> (?:of )?(?:every|each) month"), _day_of_month),
    (pattern("(?:on )?(?:the )?first of (?:every|each) month"), _first_of_month),
    (pattern("(?:every|each) month on (?:the )?<ordinal>"), _day_of_month),
    (pattern("(?:every|each) <ordinal>(?: of (?:the|each|every) month)?<stop>"), _day_of_month),
    (pattern("(?:on )?(?:the )?last day of (?:every|each) month"), _last_day),
    (pattern("(?:on )?(?:the )?<nth> <anyday> (?:of|in) (?:every|each) month"), _nth_weekday),
    (pattern("(?:every|each) <nth> <anyday> (?:of|in) (?:the|each|every) month"), _nth_weekday),
    (pattern("(?:every|each)(?: year on)? (?:the )?(?:<ordinal>(?: of)? |(?P<day>[0-3]?\\d) )?<month>"), _day_of_year),
]
