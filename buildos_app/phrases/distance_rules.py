"""Rules for days that are told by another day: "a week on Tuesday", "the weekend of 12 December", "EOD Friday"."""

from datetime import date, datetime, timedelta
from re import Match

from buildos_app.phrases.meanings import Day, Meaning, Period, Rule
from buildos_app.phrases.notation import after, group, month_number, not_after, number, pattern, weekday_number
from buildos_app.phrases.wall_clock import add_months, last_of_month, monday_of, next_weekday, valid_date

_SATURDAY = 5
_NTH = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}


def _coming(day: int, month: int, today: date) -> date | None:
    days = (valid_date(today.year + ahead, month, day) for ahead in range(9))
    return next((each for each in days if each and each >= today), None)


def _coming_day(day: int, today: date) -> date | None:
    months = (add_months(today.replace(day=1), ahead) for ahead in range(4))
    days = (valid_date(month.year, month.month, day) for month in months)
    return next((each for each in days if each and each >= today), None)


def _named_day(found: Match[str], today: date) -> date | None:
    day = int(group(found, "ordinal")[:-2] or group(found, "day"))
    month = group(found, "month")
    if not month and not group(found, "ordinal"):
        return None
    return _coming(day, month_number(month), today) if month else _coming_day(day, today)


def _weekend_of(found: Match[str], now: datetime) -> Meaning | None:
    """ "the weekend of the 12th" begins on its Saturday."""
    day = _named_day(found, now.date())
    return Day(monday_of(day) + timedelta(days=_SATURDAY)) if day else None


def _days_before(found: Match[str], now: datetime) -> Meaning | None:
    """ "two days before the 10th of December", "the night before the 12th", "the day before Friday"."""
    today = now.date()
    if weekday := group(found, "weekday"):
        day: date | None = next_weekday(today, weekday_number(weekday))
    else:
        day = _named_day(found, today)
    days = number(found["count"]) * (7 if group(found, "unit") == "week" else 1) if group(found, "count") else 1
    return Day(max(day - timedelta(days=days), today)) if day else None


def _week_of(found: Match[str], now: datetime) -> Meaning | None:
    day = _named_day(found, now.date())
    return Period(monday_of(day), monday_of(day) + timedelta(days=6), is_week=True) if day else None


def _weeks_after(found: Match[str], now: datetime) -> Meaning | None:
    """ "a week on Tuesday", "two weeks from Friday", "Friday week", "the Friday after next"."""
    weeks = number(found["count"]) if group(found, "count") else 1
    first = now.date() + timedelta(days=1) if group(found, "day") else None
    first = first or next_weekday(now.date(), weekday_number(found["weekday"]))
    return Day(first + timedelta(days=7 * weeks))


def _week_after_next(found: Match[str], now: datetime) -> Meaning | None:
    first = monday_of(now.date()) + timedelta(days=14)
    return Period(first, first + timedelta(days=6), is_week=True)


def _end_of_named_day(found: Match[str], now: datetime) -> Meaning | None:
    """ "EOD Friday", "tomorrow by close of business": the last moment of that day."""
    day = group(found, "day")
    if day:
        ahead = 1 if day.startswith(("tom", "tmr")) else 0
        return Day(now.date() + timedelta(days=ahead), is_deadline=True)
    ahead = 7 if group(found, "which") == "next" else 0
    weekday = weekday_number(found["weekday"])
    first = monday_of(now.date()) + timedelta(days=7 + weekday) if ahead else next_weekday(now.date(), weekday)
    return Day(first, is_deadline=True)


def _day_of_month(found: Match[str], now: datetime) -> Meaning | None:
    """ "the 10th of next month", "the first of the month"."""
    today = now.date()
    day = int(group(found, "ordinal")[:-2] or 1)
    which = group(found, "which")
    if which in ("next", "this"):
        month = add_months(today.replace(day=1), 1 if which == "next" else 0)
        named = valid_date(month.year, month.month, day)
    else:
        named = _coming_day(day, today)
    return Day(named) if named else None


def _week_of_month(found: Match[str], now: datetime) -> Meaning | None:
    """ "the second week of January": seven days each, the last one ends with the month."""
    today = now.date()
    month = add_months(today.replace(day=1), 1)
    if name := group(found, "month"):
        month = add_months(today.replace(day=1), (month_number(name) - today.month) % 12)
    nth = _NTH.get(group(found, "nth"))
    first = last_of_month(month) - timedelta(days=6) if nth is None else month + timedelta(days=7 * nth)
    return Period(max(first, today), first + timedelta(days=6))


_EOD = "(?:eod|cob|(?:the )?end of (?:the )?(?:business|working day|work day|day|play)|close of (?:business|play))"
_DATE = r"(?:the )?(?:<ordinal>|(?P<day>[0-3]?\d))(?: of)?(?: <month>)?"
_MONTH_FIRST = r"<month> (?:the )?(?:<ordinal>|(?P<day>[0-3]?\d))"
_ON = after("on", "by", "before", "until", "till", "due", "from")

_BEFORE = "(?:<count> (?P<unit>day|week)s?|(?:on )?the (?:day|night|evening)) before"

DISTANCE_RULES: list[Rule] = [
    (pattern(f"{_BEFORE} {_DATE}"), _days_before),
    (pattern(f"{_BEFORE} {_MONTH_FIRST}"), _days_before),
    (pattern(f"{_BEFORE} <anyday>"), _days_before),
    (pattern(f"(?:the |on the )?weekend of {_DATE}"), _weekend_of),
    (pattern(f"(?:the |on the )?weekend of {_MONTH_FIRST}"), _weekend_of),
    (pattern(f"(?:the )?week (?:of|beginning|starting) {_DATE}"), _week_of),
    (pattern(f"(?:the )?week (?:of|beginning|starting) {_MONTH_FIRST}"), _week_of),
    (
        pattern(f"{not_after('every', 'each')}<count> weeks? (?:on|from|after) (?:(?P<day>tomorrow)|<anyday>)"),
        _weeks_after,
    ),
    (pattern("<weekday> week<stop>"), _weeks_after),
    (pattern("(?:the )?<weekday> after next"), _weeks_after),
    (pattern("(?:in )?(?:the )?week after next"), _week_after_next),
    (
        pattern(f"{_EOD},? (?:on |by )?(?:(?P<day>today|tomorrow|tmrw?)|(?:(?P<which>next|this) )?<anyday>)"),
        _end_of_named_day,
    ),
    (
        pattern(f"(?:(?P<day>today|tomorrow|tmrw?)|(?:(?P<which>next|this) )?<anyday>),? (?:by |at )?{_EOD}"),
        _end_of_named_day,
    ),
    (pattern("(?:on )?the (?:<ordinal>|first) of (?:(?P<which>this|next|the) month)"), _day_of_month),
    (pattern(f"{_ON}the first<stop>"), _day_of_month),
    (pattern("the <ordinal><stop>"), _day_of_month),
    (
        pattern(
            "(?:in )?the (?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last) week (?:of|in) (?:<month>|next month)"
        ),
        _week_of_month,
    ),
]
