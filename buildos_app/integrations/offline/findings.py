"""What one clause of a dump came to."""

from dataclasses import dataclass
from typing import Literal

from buildos_app.integrations.offline.clauses import Span
from buildos_app.phrases.dates import When

Kind = Literal["task", "note", "noise", "hint"]
Section = Literal["Notes", "Ideas", "Decisions", "Open questions"]


@dataclass(frozen=True)
class Finding:
    """What one clause came to. `start` and `end` are characters of the dump, `sentence` the span it stands in.

    A hint is a clause of nothing but a date, a duration or an urgency ("takes half an hour"): it belongs to the
    task next to it. `is_done` marks reports of things that have happened.
    """

    kind: Kind
    start: int
    end: int
    sentence: Span
    title: str = ""
    when_words: str = ""
    duration_words: str = ""
    priority: Literal["low", "medium", "high"] = "medium"
    details: str = ""
    section: Section = "Notes"
    is_done: bool = False
    topic: str = ""
    is_item: bool = False


def joined_words(whens: list[When]) -> str:
    """The words of several mentions, as they stand in the dump; "from Tuesday to Thursday" is Thursday."""
    kept = whens[1:] if len(whens) > 1 and whens[0].words.lower().startswith("from ") else whens
    return ", ".join(when.words for when in kept)
