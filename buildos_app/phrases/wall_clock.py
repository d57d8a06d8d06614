"""Calendar arithmetic on dates and on the wall clock of a zone."""

import calendar
from datetime import UTC, date, datetime, time, timedelta


def at_local(day: date, clock: time, like: datetime) -> datetime:
    """The moment when the wall clock in the zone of `like` shows `clock` on `day`.

    A time that a clock change skips moves forward by the change; of a time that happens twice it is the first.
    """
    wall = datetime.combine(day, clock, tzinfo=like.tzinfo)
    return wall.astimezone(UTC).astimezone(like.tzinfo)


def next_weekday(day: date, weekday: int) -> date:
    """The next such weekday strictly after `day`."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def monday_of(day: date) -> date:
    """The Monday on or before `day`: weeks begin on Monday."""
    return day - timedelta(days=day.weekday())


def last_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, last_of_month(first).day))


def add_units(day: date, count: int, unit: str) -> date:
    """`count` days, weeks, fortnights, months, quarters or years after `day`."""
    days = {"day": 1, "week": 7, "fortnight": 14}.get(unit)
    if days:
        return day + timedelta(days=days * count)
    return add_months(day, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def nth_weekday(month: date, nth: int, weekday: int) -> date | None:
    """The `nth` such weekday (1 to 5, -1 for the last) of the month of `month`, None where there is none."""
    if nth < 0:
        last = last_of_month(month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = month.replace(day=1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month.month else None


def quarter_start(day: date) -> date:
    """The first day of the quarter of `day`."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def valid_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
