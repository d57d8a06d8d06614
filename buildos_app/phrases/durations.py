"""How long something takes, in the words of a text: "30 min", "half an hour", "1h30", "all day"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from re import Match, Pattern

from buildos_app.phrases.notation import group, number, pattern

MINUTES_PER_WORKDAY = 480
_LONGEST_MINUTES = 7 * 24 * 60
_NOT_A_DURATION_BEFORE = re.compile(
    r"(?:\b(?:in|within|last|past|next|every|after|since|previous|each|coming|first)|[$€£])[ \t]{0,3}$", re.IGNORECASE
)
_NOT_A_DURATION_AFTER = re.compile(
    r"[ \t]{1,3}(?:ago|from now|later|before|earlier|early|late|old|away|drive|long(?:er)? ago|in advance)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?<!\w)(?:(?:should |will |might |may |it'll |would )?(?:takes?|need|needs)(?: me)?[ \t]{1,3})?"
    r"(?:about|around|roughly|approx\.?|approximately|maybe|max|for|at most|~|ca\.?)[ \t]{0,3}$",
    re.IGNORECASE,
)
_LEAD_LENGTH = 40


@dataclass(frozen=True)
class DurationMatch:
    """A duration in whole minutes; `words` is `text[start:end]`."""

    minutes: int
    words: str
    start: int
    end: int


def find_duration(text: str) -> DurationMatch | None:
    """The first duration of a task in `text`.

    "in 2 hours", "within two weeks" and "for the last 3 years" are moments or spans of time, not durations. A day
    is a working day of 480 minutes and counts only as "all day", "a full day" and "half a day".
    """
    found = [match for rule, read in _RULES for match in _matches(rule, read, text)]
    return min(found, key=lambda match: (match.start, -match.end), default=None)


def _matches(rule: Pattern[str], read: Callable[[Match[str]], float], text: str) -> list[DurationMatch]:
    matches = []
    for found in rule.finditer(text):
        minutes = round(read(found))
        if 0 < minutes <= _LONGEST_MINUTES and _is_duration(text, found):
            start = _with_lead(text, found.start())
            matches.append(DurationMatch(minutes, text[start : found.end()], start, found.end()))
    return matches


def _is_duration(text: str, found: Match[str]) -> bool:
    before = text[max(0, found.start() - 12) : found.start()]
    return not _NOT_A_DURATION_BEFORE.search(before) and not _NOT_A_DURATION_AFTER.match(text, found.end())


def _with_lead(text: str, start: int) -> int:
    """Where the duration begins together with "about", "for" or "takes about"."""
    lead = _LEAD.search(text[max(0, start - _LEAD_LENGTH) : start])
    return start - len(lead[0]) if lead else start


def _amount(found: Match[str]) -> float:
    if group(found, "decimal"):
        return float(found["decimal"].replace(",", "."))
    return float(number(found["count"]))


def _hours(found: Match[str]) -> float:
    return _amount(found) * 60 + (30 if group(found, "more") else 0) + int(group(found, "minute") or 0)


def _minutes(found: Match[str]) -> float:
    return _amount(found)


def _half_hour(found: Match[str]) -> float:
    return 30


def _quarters(found: Match[str]) -> float:
    return 45 if "three" in found[0].lower() else 15


def _day(found: Match[str]) -> float:
    return MINUTES_PER_WORKDAY / 2 if found[0].lower().startswith("half") else MINUTES_PER_WORKDAY


_DECIMAL = r"(?:(?P<decimal>\d{1,2}[.,]\d)|<count>)"
_HOURS = "(?:hours?|hrs?)"
_MINUTES = "(?:minutes?|mins?)"
_UNIT_ENDS = r"(?! (?:of|long|wide|high|deep|tall|cable|run|race)\b)"

_RULES: list[tuple[Pattern[str], Callable[[Match[str]], float]]] = [
    (pattern(f"{_DECIMAL}(?: |-)?{_HOURS}(?P<more> and a half)?(?:(?: and)? <minute> ?{_MINUTES})?"), _hours),
    (pattern("<count> and a half(?P<more>) hours?"), lambda found: _amount(found) * 60 + 30),
    (pattern(f"{_DECIMAL}(?: |-)?{_MINUTES}"), _minutes),
    (pattern(r"(?P<decimal>\d{1,2}(?:[.,]\d)?) ?h(?: ?<minute> ?(?:m|min)?)?"), _hours),
    (pattern(rf"(?P<count>\d{{1,3}})m{_UNIT_ENDS}"), _minutes),
    (pattern(r"(?P<count>\d{1,3})['’](?!\d)"), _minutes),
    (pattern("half an hour|half-hour|half hour|½ ?h(?:our)?"), _half_hour),
    (pattern("(?:(?:a )?quarter of an hour|three quarters of an hour)"), _quarters),
    (pattern("(?:all|the (?:whole|full|entire)|a (?:whole|full)|half a|one full) day(?: long)?"), _day),
]
