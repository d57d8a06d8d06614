"""Titles made of the dump's own words."""

import re
from typing import Final

from buildos_app.integrations.offline.clauses import Span
from buildos_app.integrations.offline.wording import TRAILING

TITLE_LENGTH: Final = 120
_BLANKS = re.compile(r"\s+")
_EMPTY_BRACKETS = re.compile(
    r"[(\[]\s*(?:expires?|due|deadline|by|until|till|on|at)?:?\s*[,;!?.]?\s*[)\]]", re.IGNORECASE
)
_EDGES = " \t\n,;:.!?-–—…*_~/|=+&"
_DANGLING = re.compile(
    r"\s(?:on|at|by|in|for|before|until|from|around|about|and|the|a|due|of|to|is|are|moved to|with|starting)$",
    re.IGNORECASE,
)
_SPACE_BEFORE_MARK = re.compile(r"\s+([,;:.!?)])")
_COMMA_RUN = re.compile(r"([,;:])(?:\s*[,;:])+")


def clean_title(text: str, marks: list[Span]) -> str:
    """`text` without the spans `marks` and fillers at both ends; at most 120 characters, the first a capital."""
    title = _without(text, marks)
    is_cut = bool(marks)
    while True:
        before = title
        title = title.strip(_EDGES)
        title = _strip_trailing(title)
        if is_cut:
            title = _DANGLING.sub("", title)
        if title == before:
            break
    return shorten(capital(title), TITLE_LENGTH)


def _without(text: str, marks: list[Span]) -> str:
    kept, at = [], 0
    for start, end in sorted(marks):
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    joined = _BLANKS.sub(" ", " ".join([*kept, text[at:]]) if marks else text)
    return _COMMA_RUN.sub(r"\1", _SPACE_BEFORE_MARK.sub(r"\1", _EMPTY_BRACKETS.sub("", joined)))


def _strip_trailing(title: str) -> str:
    for words in (2, 1):
        parts = title.rsplit(" ", words)
        tail = " ".join(parts[1:])
        if len(parts) == words + 1 and TRAILING.fullmatch(tail):
            return parts[0]
    return title


def capital(text: str) -> str:
    """The same with an upper-case first letter."""
    return text[:1].upper() + text[1:]


def shorten(text: str, length: int) -> str:
    """At most `length` characters, cut at a word with an ellipsis where it is longer."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut[: cut.rfind(" ")] if " " in cut else cut).rstrip(_EDGES) + "…"
