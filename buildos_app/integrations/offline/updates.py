"""Which clauses speak of a task that is already there, and what they say about it."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from buildos_app.brain_dumps.prompts import KnownTask
from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.reading import Reading
from buildos_app.integrations.offline.reports import is_report_of_done
from buildos_app.integrations.offline.topics import tokens
from buildos_app.integrations.offline.verbs import base_form
from buildos_app.integrations.offline.wording import BLOCKED, STARTED, words_pattern

Status = Literal["backlog", "in_progress", "done", "blocked"]

SAME_TASK: Final = 0.6
"""The share of a title's words that a clause must say, at least two of them, to be about that task."""
SAME_WISH: Final = 0.8
"""The same for a clause that asks for something again: more, since a new task may sound alike."""

_AGAIN = words_pattern("again|reopen|re-open|not done|isn't done|still (?:broken|leaking|open)|came back")
_RENAME = re.compile(
    r"\brename\s(?:the\stask\s)?[\"“]?(?P<old>[^\"”]{3,80}?)[\"”]?\s(?:to|into|as)\s[\"“]?(?P<new>[^\"”.;\n]{3,120})",
    re.IGNORECASE,
)
LONG_WORD: Final = 5
SAME_WORD: Final = 0.5
"""The share of common trigrams from which two long words are one, misspelled: "plumer" and "plumber"."""


@dataclass(frozen=True)
class Update:
    """A known task, its status after the dump, and what is worth adding to its details."""

    task: KnownTask
    status: Status
    details: str = ""
    new_title: str = ""


def find_updates(reading: Reading, tasks: list[KnownTask]) -> dict[int, Update]:
    """Updates by the index of their finding; never a guess below the stated shares, never where two tasks fit alike."""
    updates: dict[int, Update] = {}
    for index, finding in enumerate(reading.findings):
        text = reading.text(finding)
        if renamed := _renamed(text, tasks):
            updates[index] = renamed
            continue
        status = _status(finding, text)
        needed = SAME_TASK if status else SAME_WISH
        task = same_task(text, tasks, needed) if status or finding.kind == "task" else None
        if task:
            updates[index] = _update(task, finding, text, status)
    return updates


def _renamed(text: str, tasks: list[KnownTask]) -> Update | None:
    """ "Rename call the plumber to get the tap fixed"."""
    found = _RENAME.search(text)
    task = same_task(found["old"], tasks, SAME_TASK) if found else None
    if not found or not task:
        return None
    title = found["new"].strip()
    return Update(task, _known_status(task.status), new_title=title[:1].upper() + title[1:])


def _update(task: KnownTask, finding: Finding, text: str, status: Status | None) -> Update:
    if status is None and task.status == "done" and _AGAIN.search(text):
        return Update(task, "backlog", text)
    kept: Status = status or _known_status(task.status)
    details = text if status == "blocked" else finding.details
    return Update(task, kept, details)


def _known_status(status: str) -> Status:
    return status if status in ("backlog", "in_progress", "done", "blocked") else "backlog"  # type: ignore[return-value]


def _status(finding: Finding, text: str) -> Status | None:
    if finding.kind == "task":
        return None
    if BLOCKED.search(text):
        return "blocked"
    if STARTED.search(text):
        return "in_progress"
    return "done" if finding.is_done or is_report_of_done(text) else None


def same_task(text: str, tasks: list[KnownTask], needed: float) -> KnownTask | None:
    """The one task whose title `text` says most of."""
    spoken = {base_form(word) for word in tokens(text)}
    shares = [(_share(spoken, task.title), task) for task in tasks]
    best = max((share for share, _ in shares), default=0.0)
    winners = [task for share, task in shares if share == best and share >= needed]
    return winners[0] if len(winners) == 1 else None


def _share(spoken: set[str], title: str) -> float:
    own = {base_form(word) for word in tokens(title)}
    share = share_said(spoken, own)
    return share if share * len(own) >= min(2, len(own)) else 0.0


def share_said(spoken: set[str], words: set[str]) -> float:
    """The share of `words` that stand in `spoken`, also misspelled; 0 of none."""
    said = sum(word in spoken or _is_said(word, spoken) for word in words)
    return said / len(words) if words else 0.0


def _is_said(word: str, spoken: set[str]) -> bool:
    """Does a long word stand there spelled otherwise?"""
    if len(word) < LONG_WORD:
        return False
    own = _trigrams(word)
    others = (_trigrams(other) for other in spoken if len(other) >= LONG_WORD)
    return any(len(own & other) >= SAME_WORD * len(own | other) for other in others)


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
