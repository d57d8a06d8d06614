"""What a person typed into the editor of a proposal, as fields of an operation. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from buildos_app.brain_dumps.merge import WHICH_DATE
from buildos_app.errors import InvalidInput
from buildos_app.phrases.dates import resolve_when
from buildos_app.phrases.durations import find_duration

LONGEST_FIELD = 20_000
DETAILS = ("details", "content", "description", "details_addition", "content_addition", "context_addition")
"""What each kind of operation calls its longer text."""


def changes_from_form(form: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The changed fields. Dates and durations are words ("by Friday", "30 min"), as everywhere else.

    Raises InvalidInput when words cannot be read. `now` is in the person's zone.
    """
    text = {name: str(value).strip()[:LONGEST_FIELD] for name, value in form.items() if value is not None}
    changes: dict[str, Any] = {}
    if "title" in text:
        if not text["title"]:
            raise InvalidInput("Give it a title.")
        changes |= {"title": text["title"], "name": text["title"]}
    if "details" in text:
        changes |= dict.fromkeys(DETAILS, text["details"])
    if "priority" in text:
        changes["priority"] = text["priority"]
    if "when" in text:
        changes |= _dates(text["when"], now)
    if "duration" in text:
        changes["duration_minutes"] = _minutes(text["duration"])
    return changes


def _dates(words: str, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "start_date": None,
        "start_has_time": False,
        "due_date": None,
        "due_has_time": False,
        "recurrence_pattern": None,
        "recurrence_rule": None,
    }
    if not words:
        return changes
    when = resolve_when(words, now)
    if when is None:
        raise InvalidInput(f"“{words[:60]}” could not be read as a date. Try “by Friday”, “3 December at 15:00”.")
    if when.other is not None:
        raise InvalidInput(
            WHICH_DATE.format(words=when.words, at=when.at, other=when.other) + " Write the month's name."
        )
    if when.recurrence is not None:
        repeats = {"recurrence_pattern": when.recurrence, "recurrence_rule": when.rule}
        return changes | {"start_date": when.at, "start_has_time": when.has_time} | repeats
    kind = "due" if when.kind == "due" else "start"
    return changes | {f"{kind}_date": when.at, f"{kind}_has_time": when.has_time}


def _minutes(words: str) -> int | None:
    if not words:
        return None
    found = find_duration(words)
    if found is None:
        raise InvalidInput(f"“{words[:60]}” could not be read as a duration. Try “30 min” or “2 h”.")
    return found.minutes
