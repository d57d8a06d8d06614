"""What the moments in a sentence say about where its clauses end."""

import re
from collections.abc import Sequence

from buildos_app.integrations.offline.wording import SUBORDINATE

Span = tuple[int, int]

_WORD = re.compile(r"[^\W\d_]+")


def is_only_a_moment(text: str, at: int, times: Sequence[Span]) -> bool:
    """Is all that follows a day and a time, as in "vet appointment — Tuesday, 4:15 pm"?"""
    inside = [span for span in times if span[0] >= at]
    left = text[at:] if not inside else text[at : inside[0][0]] + text[inside[-1][1] :]
    return bool(inside) and not _WORD.search(left)


def parts_times(text: str, start: int, found: re.Match[str], times: Sequence[Span]) -> bool:
    """Does a comma stand between two things that have a moment each?"""
    if "," not in found[0] or (found["word"] or "").lower() in ("but", "so"):
        return False
    comma = text.find(",", found.end())
    until = comma if comma >= 0 else len(text)
    before = [span for span in times if start <= span[0] and span[1] <= found.start()]
    behind = [span for span in times if found.end() <= span[0] and span[1] <= until]
    if not before or not behind:
        return False
    begin, end = behind[0]
    is_said = _WORD.search(text, found.end(), begin) or _WORD.search(text, end, until)
    return is_said is not None and not SUBORDINATE.match(text, found.end())
