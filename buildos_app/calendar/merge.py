"""Which version of a task holds: a merge of three, what both sides agreed on last, ours and theirs. Pure.

The decision table (vdirsyncer's, with a base): what only one side changed holds; what both changed to
the same is agreed; what both changed differently is a conflict, in which the newer one holds
and both are kept in the ledger.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from buildos_app.calendar.content import SCHEDULE, TITLE, Content

GUARD_LEAST = 10


class Outcome(StrEnum):
    """What a change on the other side means for a task."""

    NOTHING = "nothing"
    UNSCHEDULE = "unschedule"
    MAKE_AGAIN = "make_again"


@dataclass(frozen=True)
class Merged:
    """What holds now, and whether it had to be decided between two versions."""

    content: Content
    is_conflict: bool = False
    theirs_won: bool = False


def merge(base: Content, ours: Content, theirs: Content, *, theirs_is_newer: bool) -> Merged:
    """The version that holds, field group by field group."""
    content, conflict = ours, False
    for names in (TITLE, SCHEDULE):
        ours_changed, theirs_changed = not ours.same(base, names), not theirs.same(base, names)
        clash = ours_changed and theirs_changed and not ours.same(theirs, names)
        conflict = conflict or clash
        if (theirs_changed and not ours_changed) or (clash and theirs_is_newer):
            content = replace(content, **{name: getattr(theirs, name) for name in names})
    return Merged(content, conflict, conflict and theirs_is_newer)


def on_deletion(base: Content, ours: Content | None, *, theirs_is_newer: bool) -> tuple[Outcome, bool]:
    """Their side deleted the event: what becomes of the task, and whether both had changed it."""
    if ours is None:
        return Outcome.NOTHING, False
    conflict = ours != base
    if conflict and not theirs_is_newer:
        return Outcome.MAKE_AGAIN, True
    return Outcome.UNSCHEDULE, conflict


def is_too_much(removals: int, linked: int) -> bool:
    """Would one sync remove more than half of at least ten?"""
    return linked >= GUARD_LEAST and removals * 2 > linked
