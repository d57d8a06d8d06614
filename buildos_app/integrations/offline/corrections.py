"""Who corrects themselves means the second: "Friday at 8, actually no, Saturday", "on Tuesday. No wait, Wednesday"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from buildos_app.phrases.dates import When

_SAID_AGAIN = re.compile(
    r"[\s,.;:–—-]*(?:\(?(?:no,? wait|wait,? no|wait|hold on|actually,? no|actually|no|scratch that|correction|sorry|"
    r"oops|i mean|i meant|or rather|rather)\b[\s,.;:–—-]*){1,2}"
    r"(?:(?:let's )?(?:make|say) (?:that|it)? ?|it's |that's |i meant? |better )?",
    re.IGNORECASE,
)
_LONGEST = 50


def corrected(text: str, whens: Sequence[When]) -> tuple[When, ...]:
    """The moments of a text without those that were taken back; the last one stands in the place of the first."""
    kept: list[When] = []
    for when in whens:
        between = text[kept[-1].end : when.start] if kept else ""
        if not kept or len(between) > _LONGEST or not _SAID_AGAIN.fullmatch(between):
            kept.append(when)
            continue
        first = kept.pop()
        is_new_sentence = re.search(r"[.!?;]\s", between) is not None
        kept.append(replace(when, start=first.start, end=first.end if is_new_sentence else when.end))
    return tuple(kept)
