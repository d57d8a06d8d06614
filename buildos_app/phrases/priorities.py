"""How much something matters, in the words of a text."""

import re
from typing import Literal

from buildos_app.phrases.notation import pattern

Span = tuple[int, int]

_NOT_URGENT = r"(?:not|isn['’]t|nothing|no) (?:that |so |too |very |really |super )?(?:urgent|important|critical)"
_LOW = pattern(
    f"{_NOT_URGENT}|low(?:est)? prio(?:rity)?|some ?time(?! (?:this|next|in|on|before|after|tomorrow|today|"
    f"between|around)\\b)|some day|someday|at some point|one day|eventually|maybe|perhaps|"
    "(?:when|whenever|if)(?:ever)? (?:i|we) (?:have|get|find)(?: the| some| a bit of)? time|if there(?: is|['’]s) time|"
    "when there(?: is|['’]s) time|no rush|no hurry|nice to have|nice-to-have|not a priority|would be nice"
)
_LOW_BANG = re.compile(r"(?<![\w!])!(?:low|3)(?!\w)", re.IGNORECASE)
_HIGH = pattern(
    "(?:really |very |super |most )?(?:urgent|urgently|critical|important)|a\\.?s\\.?a\\.?p\\.?|as soon as "
    "possible|must(?! be| have)|"
    "(?:top|high|highest) prio(?:rity)?|priority (?:one|1)|right away|immediately|crucial"
)
_HIGH_BANG = re.compile(r"(?<![\w!])(?:!(?:high|urgent|1)(?!\w)|!!(?=\s|$))", re.IGNORECASE)


def find_priority(text: str) -> tuple[Literal["high", "low"] | None, Span | None]:
    """The first words in `text` that say how much it matters, and their span.

    "not urgent" is low. "sometime next week" is a vague date and "must be" says how a thing is: neither counts.
    """
    low = _first(text, (_LOW, _LOW_BANG))
    high = _first(text, (_HIGH, _HIGH_BANG))
    if low and (not high or low[0] <= high[0]):
        return "low", low
    return ("high", high) if high else (None, None)


def _first(text: str, patterns: tuple[re.Pattern[str], ...]) -> Span | None:
    spans = (found.span() for each in patterns if (found := each.search(text)))
    return min(spans, default=None)
