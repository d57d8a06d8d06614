"""Rules for longer times and their parts: "next week", "this weekend", "in March", "end of the month"."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from re import Match

from buildos_app.phrases.meanings import Day, Meaning, Nothing, Period, Rule
from buildos_app.phrases.notation import ORDINAL_WORDS, after, group, month_number, pattern, weekday_number
from buildos_app.phrases.wall_clock import add_months, last_of_month, monday_of, nth_weekday, quarter_start

_FRIDAY = 4
_SATURDAY = 5


def _week(today: date, ahead: int) -> Period:
    first = monday_of(today) + timedelta(days=7 * ahead)
    return Period(first, first + timedelta(days=6), is_week=True)


def _month(today: date, ahead: int) -> Period:
    first = add_months(today.replace(day=1), ahead)
    return Period(first, last_of_month(first))


def _quarter(today: date, ahead: int) -> Period:
    first = add_months(quarter_start(today), 3 * ahead)
    return Period(first, last_of_month(add_months(first, 2)))


def _year(today: date, ahead: int) -> Period:
    return Period(date(today.year + ahead, 1, 1), date(today.year + ahead, 12, 31))


_PERIODS: dict[str, Callable[[date, int], Period]] = {
    "week": _week,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
}


def _named_month(name: str, is_next: bool, today: date) -> Period:
    """The coming month of that name, this one included; "next March" is never the present month."""
    ahead = (month_number(name) - today.month) % 12
    return _month(today, ahead or (12 if is_next else 0))


def _period_of(found: Match[str], today: date) -> Period:
    is_next = group(found, "which").endswith("next")
    if group(found, "month"):
        return _named_month(found["month"], is_next, today)
    return _PERIODS[group(found, "period") or "month"](today, 1 if is_next else 0)


def _period(found: Match[str], now: datetime) -> Meaning | None:
    """A coming period begins on its first day; of the running one only its end is still to come."""
    period = _period_of(found, now.date())
    if period.first <= now.date() and not group(found, "month"):
        return Day(_end_of(period, now.date()), is_deadline=True)
    return Period(max(period.first, now.date()), period.last, period.is_week)


def _end_of(period: Period, today: date) -> date:
    """A week ends on Friday, on its Sunday when Friday has passed; everything else on its last day."""
    friday = period.first + timedelta(days=_FRIDAY)
    return friday if period.is_week and friday >= today else period.last


def _part_of_period(found: Match[str], now: datetime) -> Meaning | None:
    today, part = now.date(), found["part"].lower()
    period = _period_of(found, today)
    if part.startswith(("end", "late")):
        return Day(_end_of(period, today), is_deadline=True)
    if part.startswith("mid"):
        is_month = (period.last - period.first).days in range(27, 31)
        days = 2 if period.is_week else 14 if is_month else (period.last - period.first).days // 2
        return Day(period.first + timedelta(days=days))
    return Day(max(period.first, today))


def _end_in_short(found: Match[str], now: datetime) -> Meaning | None:
    today, words = now.date(), found[0].lower()
    unit = {"w": "week", "m": "month", "y": "year", "q": "quarter"}.get(words[2:3] if words.startswith("eo") else "d")
    return Day(_end_of(_PERIODS[unit](today, 0), today) if unit else today, is_deadline=True)


def _weekend(found: Match[str], now: datetime) -> Meaning | None:
    """From Saturday; on a Sunday "this weekend" is today. "Next weekend" is that of next week."""
    today = now.date()
    ahead = 1 if group(found, "which") == "next" else 0
    saturday = monday_of(today) + timedelta(days=_SATURDAY + 7 * ahead)
    return Period(max(saturday, today), saturday + timedelta(days=1))


def _nth_weekday(found: Match[str], now: datetime) -> Meaning | None:
    """The next month that still has such a day ahead, when only "the month" is named."""
    today = now.date()
    nth = ORDINAL_WORDS.get(found["nth"].lower(), -1)
    months = [_period_of(found, today).first]
    if not group(found, "month") and not group(found, "which"):
        months.append(add_months(months[0], 1))
    days = [nth_weekday(month, nth, weekday_number(found["weekday"])) for month in months]
    return next((Day(day) for day in days if day and day >= today), None)


def _last_day(found: Match[str], now: datetime) -> Meaning | None:
    return Day(_period_of(found, now.date()).last)


def _nothing(found: Match[str], now: datetime) -> Meaning | None:
    return Nothing()


_WHICH = "(?P<which>this|next|the next)"
_OF = "(?:(?P<which>the next|next|this) |the )?(?:(?P<period>week|month|quarter|year)|<month>(?: <year>)?)"
_IN = after("in", "by", "before", "until", "till", "during", "after")

PERIOD_RULES: list[Rule] = [
    (pattern("(?:later )?(?P<which>this|the next|next) (?P<period>week|month|quarter|year)"), _period),
    (pattern(f"{_WHICH} <month>(?! \\d)"), _period),
    (pattern(f"{_IN}<month>(?! \\d)"), _period),
    (pattern(f"(?:the )?(?P<part>end|middle|start|beginning) of {_OF}"), _part_of_period),
    (pattern(f"(?P<part>early|mid|late)(?: |-){_OF}"), _part_of_period),
    (
        pattern("(?:the )?end of (?:the )?(?:working )?(?:day|today)|eod|cob|close of business|eow|eom|eoq|eoy"),
        _end_in_short,
    ),
    (pattern("(?P<which>this|next|the|at the|on the|over the)?(?: coming)? weekend"), _weekend),
    (pattern(f"(?:on )?the <nth> <anyday> (?:of|in) {_OF}"), _nth_weekday),
    (pattern(f"<nth> <anyday> (?:of|in) {_OF}"), _nth_weekday),
    (pattern(f"(?:on )?(?:the )?last day of {_OF}"), _last_day),
]

NOT_A_DATE: list[Rule] = [
    (
        pattern("(?:on |since )?(?:last|past|previous) (?:<anyday>|<month>|night|week|weekend|month|year|time)"),
        _nothing,
    ),
    (pattern("since (?:last )?(?:<anyday>|<month>)"), _nothing),
    (pattern("yesterday(?: (?:morning|afternoon|evening))?|(?:the other|one|some|the same) day|in one day"), _nothing),
    (pattern("<count> (?:<unit>|hours?|minutes?) (?:ago|earlier|old|before|late|in advance)"), _nothing),
    (pattern("(?:for|in|over|during) the (?:last|past) (?:<count> )?<unit>"), _nothing),
    (pattern("every <count> (?:minutes?|hours?|hrs?|mins?)|every (?:hour|minute|time)|each time"), _nothing),
    (pattern("(?:once|twice|<count> times) (?:a|per|every) day|twice (?:a|per|every) <unit>"), _nothing),
    (pattern("sun (?:cream|screen|hat|block|lotion|glasses|lounger|tan|dress|rise|set|bed|lamp|room|shade)"), _nothing),
    (pattern("mon (?:ami|amie|amour|cher|dieu)|sat (?:down|up|in|on|there|at|here|next|by|with|exam)"), _nothing),
    (pattern("(?:good|black|easter|ash|cyber|palm|super|happy|casual|maundy) <anyday>"), _nothing),
    (pattern("(?:these|those|most|some|all|many) (?:<weekday>s?|<unit>)"), _nothing),
]
