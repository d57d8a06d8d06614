"""Rules for single days: "tomorrow", "next Friday", "in two weeks", "3 December", "2026-12-03", "3/12"."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from re import Match

from buildos_app.phrases.meanings import Day, Meaning, Moment, Rule, Weekday
from buildos_app.phrases.notation import WEEKDAYS, after, group, month_number, number, pattern, weekday_number
from buildos_app.phrases.wall_clock import add_months, add_units, at_local, valid_date

_BEFORE_A_DAY = after("on", "by", "before", "due", "until", "till", "from", "for", "after", "than", "@")


def _days_ahead(found: Match[str], now: datetime) -> Meaning | None:
    words = found[0].lower()
    ahead = 2 if "after" in words else 1 if words.startswith(("tom", "tmr", "2m")) else 0
    return Day(now.date() + timedelta(days=ahead))


def _in_units(found: Match[str], now: datetime) -> Meaning | None:
    count, unit, lead = number(found["count"]), found["unit"].lower(), found["lead"].lower()
    return Day(add_units(now.date(), count, unit), is_deadline=lead != "in")


def _from_now(found: Match[str], now: datetime) -> Meaning | None:
    return Day(add_units(now.date(), number(found["count"]), found["unit"].lower()))


def _in_hours(found: Match[str], now: datetime) -> Meaning | None:
    """Hours and minutes are elapsed time, whatever the clocks do in between."""
    minutes = 30.0 if found["half"] else number(found["count"]) * (60 if found["hours"].lower()[0] == "h" else 1)
    if found["more"]:
        minutes += 30
    moment = (now.timestamp() // 60 + minutes) * 60
    return Moment(datetime.fromtimestamp(moment, now.tzinfo), is_deadline=found["lead"].lower() != "in")


def _weekday(found: Match[str], now: datetime) -> Meaning | None:
    which = group(found, "which")
    number_ = weekday_number(found["weekday"])
    if which.endswith("next"):
        return Weekday(number_, "next")
    return Weekday(number_, "this" if which == "this" else "bare")


def _year_of(found: Match[str]) -> int | None:
    year = group(found, "year")
    return None if not year else int(year) + (2000 if len(year) == 2 else 0)


def _calendar_day(day: int, month: int, year: int | None, today: date) -> Day | None:
    """The named day of the named year, or the next such day from today on when no year is named."""
    if year:
        named = valid_date(year, month, day)
        return Day(named) if named else None
    coming = [valid_date(today.year + ahead, month, day) for ahead in range(9)]
    return next((Day(each) for each in coming if each and each >= today), None)


def _month_day(found: Match[str], now: datetime) -> Meaning | None:
    day = int(group(found, "ordinal")[:-2] or found["day"])
    return _calendar_day(day, month_number(found["month"]), _year_of(found), now.date())


def _iso(found: Match[str], now: datetime) -> Meaning | None:
    return _calendar_day(int(found["day"]), int(found["month"]), int(found["year"]), now.date())


def _slashes(found: Match[str], now: datetime) -> Meaning | None:
    """Day before month; the other way round only where that alone gives a date. "3/12" has both readings."""
    first, second = int(found["day"]), int(found["month"])
    if second > 12 >= first:
        first, second = second, first
    year, today = _year_of(found), now.date()
    day = _calendar_day(first, second, year, today) if second <= 12 else None
    other = _calendar_day(second, first, year, today) if "/" in found[0] and first <= 12 and first != second else None
    return replace(day, other=other.date) if day and other else day


def _day_of_month(found: Match[str], now: datetime) -> Meaning | None:
    today, day = now.date(), int(found["ordinal"][:-2])
    months = [add_months(today.replace(day=1), ahead) for ahead in range(4)]
    coming = [valid_date(month.year, month.month, day) for month in months]
    return next((Day(each) for each in coming if each and each >= today), None)


def _iso_moment(found: Match[str], now: datetime) -> Meaning | None:
    day = valid_date(int(found["year"]), int(found["month"]), int(found["day"]))
    clock = time.fromisoformat(found["clock"])
    return Moment(at_local(day, clock, now)) if day else None


_MONTH_FIRST = r"<month> (?:the )?(?:<ordinal>|(?P<day>[0-3]?\d))(?!:| ?(?:am|pm|%|people|months|weeks|days|hours)\b)"
_AFTER_A_WEEKDAY = after(*WEEKDAYS, "mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun")
_WHICH = r"(?P<which>this(?: coming)?|coming|(?:the )?next)"
_CONTEXT_FOLLOWS = (
    r"(?=:\s| (?:at|morning|afternoon|evening|night|noon|\d{1,2}(?:st|nd|rd|th|:| ?[ap]m| <month>)))".replace(
        "<month>", "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    )
)

_NO_FRACTION = r"(?! ?(?:%|of|cups?|inch|mm|cm|points?|people|done|screen|votes?)\b)"

DAY_RULES: list[Rule] = [
    (
        pattern("(?:the )?day after tomorrow|tomorrow|tommorr?ow|tomm?o?row|tmrw?|tomo|2mor+ow?|(?:later )?today"),
        _days_ahead,
    ),
    (pattern(f"(?:{_WHICH} )?<weekday>"), _weekday),
    (pattern(f"(?:{_WHICH} )?<shortday>"), _weekday),
    (pattern(f"{_WHICH} <homograph>"), _weekday),
    (pattern(f"{_BEFORE_A_DAY}<homograph><stop>"), _weekday),
    (pattern(f"<homograph>{_CONTEXT_FOLLOWS}"), _weekday),
    (pattern("(?P<lead>in|within|(?:within|in|over|during) the next) <count> <unit>"), _in_units),
    (pattern("<count> <unit> from (?:now|today)"), _from_now),
    (
        pattern(
            "(?P<lead>in|within|(?:within|in) the next) "
            "(?:(?P<half>half an hour)|<count> ?(?P<hours>hours?|hrs?|minutes?|mins?)(?P<more> and a half)?)"
        ),
        _in_hours,
    ),
    (
        pattern(r"<year>-(?P<month>\d\d)-(?P<day>\d\d)(?:T| )(?P<clock>[01]\d:[0-5]\d|2[0-3]:[0-5]\d)(?::\d\d)?"),
        _iso_moment,
    ),
    (pattern(r"<year>-(?P<month>\d\d)-(?P<day>\d\d)"), _iso),
    (pattern(rf"{_MONTH_FIRST} ?(?:-|–|to|until) ?\d\d?(?:st|nd|rd|th)?<stop>"), _month_day),
    (pattern(r"(?P<day>[0-3]?\d)\.? ?(?:-|–|to|until) ?\d\d?\.? <month>"), _month_day),
    (pattern(r"(?:the )?(?:<ordinal>(?: of)?|(?P<day>[0-3]?\d)) <month>(?:,? <year>)?"), _month_day),
    (pattern(rf"{_MONTH_FIRST}(?:,? <year>)?"), _month_day),
    (pattern(rf"{_BEFORE_A_DAY}(?P<day>\d\d?)/(?P<month>\d\d?)(?!/\d)"), _slashes),
    (pattern(r"(?P<day>\d\d?)/(?P<month>\d\d?)/(?P<year>20\d\d|\d\d)"), _slashes),
    (pattern(rf"(?!24/7|16/9)(?:(?P<day>1[3-9]|2\d|3[01])/(?P<month>1[0-2]|0?[1-9]))(?!/\d){_NO_FRACTION}"), _slashes),
    (pattern(rf"(?:(?P<day>1[0-2]|0?[1-9])/(?P<month>1[3-9]|2\d|3[01]))(?!/\d){_NO_FRACTION}"), _slashes),
    (pattern(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>20\d\d)"), _slashes),
    (pattern(rf"{_BEFORE_A_DAY}(?P<day>[0-3]?\d)\.(?P<month>1[0-2]|0?[1-9])\.(?!\d)"), _slashes),
    (pattern(rf"(?:{_BEFORE_A_DAY}|{_AFTER_A_WEEKDAY})(?:the )?<ordinal><stop>"), _day_of_month),
    (pattern(r"(?<![^\n])(?:the )?<ordinal><stop>"), _day_of_month),
]
