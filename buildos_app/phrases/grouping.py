"""Which pieces of a text belong to one mention of a moment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from buildos_app.phrases.day_rules import DAY_RULES
from buildos_app.phrases.distance_rules import DISTANCE_RULES
from buildos_app.phrases.meanings import (
    Clock,
    Day,
    DayPart,
    Meaning,
    Moment,
    Nothing,
    Period,
    Piece,
    Repeat,
    Rule,
    Weekday,
)
from buildos_app.phrases.occasion_rules import OCCASION_RULES
from buildos_app.phrases.period_rules import NOT_A_DATE, PERIOD_RULES
from buildos_app.phrases.repeat_rules import REPEAT_RULES
from buildos_app.phrases.series_rules import SERIES_RULES
from buildos_app.phrases.time_rules import TIME_RULES

Lead = Literal["none", "by", "before", "after", "start"]

_RULES: list[Rule] = [
    *NOT_A_DATE,
    *SERIES_RULES,
    *REPEAT_RULES,
    *DISTANCE_RULES,
    *DAY_RULES,
    *OCCASION_RULES,
    *PERIOD_RULES,
    *TIME_RULES,
]
_DUE = (
    r"no later than|not later than|by|until|till|due(?: on| by| in| at|:)?|"
    r"deadline(?: is| on| for this is|:)?(?: on)?|at the latest|before"
)
_LEAD = re.compile(
    rf"(?<!\w)(?:(?P<due>{_DUE})|(?P<after>after)|(?P<past>since)|"
    r"(?P<start>starting(?: on| from)?|beginning|as of|on|from|for|at|in))[ \t]{1,3}(?:the )?$",
    re.IGNORECASE,
)
_LEAD_LENGTH = 28
_TAIL = re.compile(r"[ \t]{1,3}(?:at the latest|latest|deadline)(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"[ \t]{{0,3}},?[ \t]{{0,3}}(?:\r?\n(?=[ \t]{{0,3}}(?:at|on|by)\b)[ \t]{{0,3}})?(?P<lead>(?:(?:{_DUE}|on|at|"
    rf"from|for|in|"
    r"around|about|starting|starting on|beginning|the|@)[ \t]{1,3}){0,2})$",
    re.IGNORECASE,
)
_BETWEEN_LENGTH = 32
_ARTICLE = re.compile(r"(?<!\w)(?:the|a|an|my|our|his|her|their|your|its)[ \t]$", re.IGNORECASE)
_NOUN_FOLLOWS = re.compile(
    r"[ \t](?!(?:at|on|in|by|and|or|to|with|for|from|then|so|but|because|before|after|if|when|is|was|will|i|we|morning|"
    r"afternoon|evening|night|next|this|of|works?|would|should|too|please|already)\b)[a-z]"
)
_SLOTS: dict[type[Meaning], str] = {
    Weekday: "weekday",
    Day: "day",
    Period: "period",
    Clock: "clock",
    DayPart: "part",
    Repeat: "repeat",
    Moment: "moment",
}


@dataclass(frozen=True)
class Group:
    """Pieces that name one moment together, at most one of each sort, and the word that led them in."""

    start: int
    end: int
    weekday: Weekday | None = None
    day: Day | None = None
    period: Period | None = None
    clock: Clock | None = None
    part: DayPart | None = None
    repeat: Repeat | None = None
    moment: Moment | None = None
    lead: Lead = "none"

    @property
    def is_repetition(self) -> bool:
        return self.repeat is not None

    @property
    def has_day(self) -> bool:
        """Does anything but a time of day stand here?"""
        return any((self.weekday, self.day, self.period, self.repeat))

    @property
    def is_weak(self) -> bool:
        """Only words that mean a time when a day stands next to them, such as "morning"."""
        strong_clock = self.clock and not self.clock.is_weak
        strong_part = self.part and not self.part.is_weak
        return not (self.has_day or self.moment or strong_clock or strong_part)


def find_groups(text: str, now: datetime) -> Iterator[Group]:
    """The mentions of moments in `text`, in order."""
    waiting: Group | None = None
    for piece in _pieces(text, now):
        joined = _join(waiting, piece, text) if waiting else None
        if waiting and not joined:
            yield from _finished(waiting, text)
        waiting = joined or _alone(piece)
    if waiting:
        yield from _finished(waiting, text)


def combine(first: Group, second: Group) -> Group | None:
    """Both in one, or None where they contradict each other."""
    slots = _SLOTS.values()
    if any(getattr(first, slot) and getattr(second, slot) for slot in slots) or not _fit(first, second):
        return None
    merged = {slot: getattr(first, slot) or getattr(second, slot) for slot in slots}
    lead = first.lead if first.lead != "none" else second.lead
    return Group(min(first.start, second.start), max(first.end, second.end), **merged, lead=lead)


def _fit(first: Group, second: Group) -> bool:
    """A moment stands alone; a weekday joins a week but no other period; two days never join."""
    both = (first, second)
    if any(each.moment for each in both):
        return False
    weekday, day, period, repeat = (
        any(getattr(each, slot) for each in both) for slot in ("weekday", "day", "period", "repeat")
    )
    if period:
        is_week = any(each.period.is_week for each in both if each.period)
        return not day and not repeat and (not weekday or is_week)
    return True


def _pieces(text: str, now: datetime) -> Iterator[Piece]:
    """The pieces without overlaps; where rules compete the piece that begins first wins, then the longer one."""
    found = sorted(_candidates(text, now), key=lambda piece: (piece.start, -piece.end))
    kept: list[Piece] = []
    for piece in found:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
        elif piece.end - piece.start > kept[-1].end - kept[-1].start:
            kept[-1] = piece
    return (piece for piece in kept if not isinstance(piece.meaning, Nothing))


def _candidates(text: str, now: datetime) -> Iterator[Piece]:
    for rule, read in _RULES:
        for found in rule.finditer(text):
            try:
                meaning = read(found, now)
            except (ValueError, OverflowError):  # a date beyond the calendar
                continue
            if meaning and found.end() > found.start() and not _is_name(meaning, found, text):
                yield Piece(meaning, found.start(), found.end())


def _is_name(meaning: Meaning, found: re.Match[str], text: str) -> bool:
    """Is this a weekday or a month as part of a name, as in "the Friday newsletter"?"""
    if not isinstance(meaning, Weekday) or meaning.which != "bare":
        return False
    before = text[max(0, found.start() - 8) : found.start()]
    return bool(_ARTICLE.search(before) and _NOUN_FOLLOWS.match(text, found.end()))


def _alone(piece: Piece) -> Group:
    slot: dict[str, Any] = {_SLOTS[type(piece.meaning)]: piece.meaning}
    return Group(piece.start, piece.end, **slot)


def _join(group: Group, piece: Piece, text: str) -> Group | None:
    gap = text[group.end : piece.start]
    between = _BETWEEN.match(gap) if len(gap) <= _BETWEEN_LENGTH else None
    joined = combine(group, _alone(piece)) if between else None
    if joined and between and group.lead == "none":
        return replace(joined, lead=_lead_of(between["lead"]))
    return joined


def _finished(group: Group, text: str) -> Iterator[Group]:
    """The group with its lead-in and tail words, unless it is only a hint or in the past."""
    before = text[max(0, group.start - _LEAD_LENGTH) : group.start]
    lead = _LEAD.search(before)
    if group.is_weak or (lead and lead["past"]):
        return
    tail = _TAIL.match(text, group.end)
    if tail:
        group = replace(group, end=tail.end(), lead="by")
    if lead:
        own = _lead_of(lead[0])
        group = replace(group, start=group.start - len(lead[0]), lead=group.lead if own == "none" else own)
    yield group


def _lead_of(words: str) -> Lead:
    words = words.lower()
    for lead in ("before", "after"):
        if lead in words:
            return "before" if lead == "before" else "after"
    if re.search(_DUE, words):
        return "by"
    return "start" if words.strip() else "none"
