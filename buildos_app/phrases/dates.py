"""Find the dates, times and repetitions in a text and turn their words into moments.

The rules of the reading, where English leaves a choice (weeks begin on Monday):

* "Friday" is the next Friday strictly after today, or today when its words name a time that is still ahead.
  "this Friday" is the Friday of this week, today included, or the coming one when it has passed; "next Friday" is
  always the Friday of next week, and that of this week is told as `perhaps` while it is ahead.
* A day without a year is the next such day, today included; 3/12 is day/month, and 12 March is told as `other`.
* "by", "until", "due", "deadline", "within" and "end of ..." make a last moment (kind due), everything else a
  beginning (kind start). "before Friday" ends on Thursday; "by" and "before" a week, weekend or month end on the
  evening before it begins. The end of the week is Friday, from Saturday on its Sunday. "this week" is its end.
* Without a time a start is 09:00 and a due moment 23:59. Bare hours: 1 to 7 are in the afternoon, 8 to 11 in the
  morning, 12 is noon, unless "morning", "evening" and the like say otherwise, or the occasion: breakfast, dinner.
  "7:30" is the morning. "9am Pacific" is the clock there.
* morning 9, lunch 12, afternoon 14, evening 18, night and tonight 20; midnight ends the day it is named with.
* A time alone is today, or tomorrow when it has passed. Days are counted on the wall clock, hours are elapsed time.
* A repetition begins on its first day: strictly after today for a named day without a time, else today where that
  is still ahead. "every Monday and Thursday" cannot be said with one pattern: it becomes weekly from the Monday.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from buildos_app.models.project import RecurrencePattern
from buildos_app.phrases.grouping import Group, combine, find_groups
from buildos_app.phrases.resolving import Resolved, resolve

_SENTENCE_BREAK = re.compile(r"[.!?;,]\s|\n")
_SENTENCE_ENDS = re.compile(r"\s*(?:$|\n|(?<=\s)[A-Z])")


@dataclass(frozen=True)
class When:
    """A moment that a text names.

    `at` is aware, in the zone of the `now` it was read with; `has_time` says whether the words name a time or a
    part of the day. `words` is `text[start:end]`. `other` is a day that the words may mean as well ("3/12"): ask.
    `perhaps` is a day that they mean to some people ("next Friday"): keep `at`, and ask.
    `rule` is the RRULE of a repetition that its pattern does not say alone.
    """

    kind: Literal["start", "due"]
    at: datetime
    has_time: bool
    recurrence: RecurrencePattern | None
    words: str
    start: int
    end: int
    other: date | None = None
    perhaps: date | None = None
    rule: str | None = None


def find_when(text: str, now: datetime) -> list[When]:
    """Every mention of a moment in `text`, in order and without overlaps.

    `now` is aware, in the person's zone. Pieces that touch ("on Friday at 3pm") are one mention.
    """
    found = ((group, resolve(group, now, _around(text, group))) for group in find_groups(text, now))
    return [_when(group, moment, text) for group, moment in found if moment]


def resolve_when(words: str, now: datetime, occasion: str = "") -> When | None:
    """The moment that `words` alone name, or None. `occasion` is what happens then, where it is known.

    A day and a time that stand apart ("Friday, call about the birch at 3pm") are put together; of several days
    the first counts, a repetition before all.
    """
    groups = [group for group in find_groups(words, now) if resolve(group, now)]
    if not groups:
        return None
    groups.sort(key=lambda group: not group.is_repetition)
    best = groups[0]
    for other in groups[1:]:
        best = combine(best, other) or best
    moment = resolve(best, now, occasion or words)
    return _when(best, moment, words) if moment else None


def _around(text: str, group: Group) -> str:
    """The sentence that the words stand in, or what of it is near."""
    before = _SENTENCE_BREAK.split(text[max(0, group.start - 60) : group.start])[-1]
    return before + " " + _SENTENCE_BREAK.split(text[group.end : group.end + 40])[0]


def _when(group: Group, moment: Resolved, text: str) -> When:
    start, end = group.start, group.end
    if text[end - 1 : end] == "." and _SENTENCE_ENDS.match(
        text, end
    ):  # "due 7 Dec. Then ...": the stop is no part of it
        end -= 1
    span = (text[start:end], start, end)
    also = (moment.other, moment.perhaps)
    return When(moment.kind, moment.at, moment.has_time, moment.recurrence, *span, *also, moment.rule)
