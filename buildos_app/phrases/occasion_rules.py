"""Rules for days with a name of their own: "before Christmas", "on New Year's Eve", "by Thanksgiving"."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from re import Match

from buildos_app.phrases.meanings import Day, Meaning, Rule
from buildos_app.phrases.notation import after, pattern
from buildos_app.phrases.wall_clock import nth_weekday, valid_date

_THURSDAY = 3


def _fixed(month: int, day: int) -> Callable[[int], date | None]:
    return lambda year: valid_date(year, month, day)


def _thanksgiving(year: int) -> date | None:
    return nth_weekday(date(year, 11, 1), 4, _THURSDAY)


def _easter_sunday(year: int) -> date | None:
    """The Gregorian computus of Meeus, Jones and Butcher."""
    golden, century = year % 19, year // 100
    correction = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    correction -= correction // 28 * (1 - 29 // (correction + 1) * ((21 - golden) // 11))
    weekday = (year + year // 4 + correction + 2 - century + century // 4) % 7
    offset = correction - weekday
    return date(year, 3, 1) + timedelta(days=offset + 27)


_ALONE: dict[str, Callable[[int], date | None]] = {
    "christmas eve": _fixed(12, 24),
    "christmas day": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "new years eve": _fixed(12, 31),
    "new years day": _fixed(1, 1),
    "valentines day": _fixed(2, 14),
    "st patricks day": _fixed(3, 17),
    "easter sunday": _easter_sunday,
    "thanksgiving day": _thanksgiving,
}
_AFTER_A_LEAD: dict[str, Callable[[int], date | None]] = {
    "christmas": _fixed(12, 25),
    "xmas": _fixed(12, 25),
    "new year": _fixed(1, 1),
    "the new year": _fixed(1, 1),
    "new years": _fixed(1, 1),
    "halloween": _fixed(10, 31),
    "thanksgiving": _thanksgiving,
    "easter": _easter_sunday,
}
_LEAD = after("at", "by", "before", "after", "until", "till", "over", "around", "on", "in", "due")


def _occasion(found: Match[str], now: datetime) -> Meaning | None:
    """The next one from today on."""
    name = " ".join(found["name"].lower().replace("’", "").replace("'", "").replace(".", "").split())
    day_of = _ALONE.get(name) or _AFTER_A_LEAD[name]
    days = (day_of(now.year + ahead) for ahead in range(2))
    return next((Day(day) for day in days if day and day >= now.date()), None)


OCCASION_RULES: list[Rule] = [
    (
        pattern(
            "(?P<name>christmas eve|christmas day|boxing day|new year['’]?s eve|new year['’]?s day|valentine['’]?s day|"
            "st\\.? patrick['’]?s day|easter sunday|thanksgiving day)"
        ),
        _occasion,
    ),
    (
        pattern(
            f"{_LEAD}(?P<name>christmas|xmas|new year['’]?s|(?:the )?new year|halloween|thanksgiving|easter)<stop>"
        ),
        _occasion,
    ),
]
