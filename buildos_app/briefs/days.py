"""Days that are not like the others: fixed dates, and dates that follow a rule (behaviour.md 3.6)."""

from datetime import date, timedelta

_FIXED = {
    (1, 1): "New Year's Day",
    (2, 14): "Valentine's Day",
    (3, 20): "the first day of spring",
    (4, 15): "the day taxes are due in the United States",
    (6, 19): "Juneteenth",
    (6, 20): "the first day of summer",
    (7, 4): "Independence Day",
    (9, 22): "the first day of autumn",
    (10, 31): "Halloween",
    (11, 11): "Veterans Day",
    (12, 21): "the first day of winter",
    (12, 24): "Christmas Eve",
    (12, 25): "Christmas Day",
    (12, 31): "New Year's Eve",
}
_NTH = {
    (1, 3, 0): "Martin Luther King Day",
    (2, 3, 0): "Presidents' Day",
    (5, 2, 6): "Mother's Day",
    (6, 3, 6): "Father's Day",
    (9, 1, 0): "Labor Day",
    (10, 2, 0): "Columbus Day",
    (11, 4, 3): "Thanksgiving",
}
"""(month, which one, weekday with Monday as 0)."""
_QUARTERS = {1: "first", 4: "second", 7: "third", 10: "fourth"}


def notable_day(day: date) -> str:
    """What is special about a day, or nothing."""
    names = [_FIXED.get((day.month, day.day)), _NTH.get((day.month, (day.day - 1) // 7 + 1, day.weekday()))]
    if day.month == 5 and day.weekday() == 0 and day.day > 24:
        names.append("Memorial Day")
    if day.month == 11 and day.weekday() == 4 and 23 <= day.day <= 29:
        names.append("Black Friday")
    if day == easter(day.year):
        names.append("Easter Sunday")
    if day.day == 1 and day.month in _QUARTERS:
        names.append(f"the first day of the {_QUARTERS[day.month]} quarter")
    found = [name for name in names if name]
    return f"Today is {' and '.join(found)}." if found else ""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm as Meeus gives it (1991)."""
    golden, century = year % 19, year // 100
    skipped = century - century // 4 - (8 * century + 13) // 25
    epact = (19 * golden + skipped + 15) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    return date(year, 3, 22) + timedelta(days=epact - weekday + 6)
