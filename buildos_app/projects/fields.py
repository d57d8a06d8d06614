"""Which columns of a task a person may set, and what must hold between them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from buildos_app.errors import InvalidInput
from buildos_app.models.project import Priority, RecurrencePattern, TaskStatus, TaskType
from buildos_app.projects.recurrence import check_rule

LONGEST_TITLE = 255
LONGEST_TEXT = 50_000
LONGEST_DURATION = 60 * 24 * 31

EDITABLE = frozenset(
    "title description details status priority start_date start_has_time due_date due_has_time duration_minutes "
    "recurrence_pattern recurrence_rule recurrence_ends project_id task_steps".split()
)
SCHEDULE = frozenset(
    {"start_date", "start_has_time", "recurrence_pattern", "recurrence_rule", "recurrence_ends", "due_date"}
)
"""The columns that decide on which dates a recurring task shows up."""


@dataclass(frozen=True)
class NewTask:
    """A task to be made. Moments are aware; whether they name a time goes with them."""

    title: str
    project_id: UUID | None = None
    details: str = ""
    priority: str = Priority.MEDIUM
    status: str = TaskStatus.BACKLOG
    start_date: datetime | None = None
    start_has_time: bool = False
    due_date: datetime | None = None
    due_has_time: bool = False
    duration_minutes: int | None = None
    recurrence_pattern: str | None = None
    recurrence_rule: str | None = None
    recurrence_ends: date | None = None


def clean(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, trimmed and within their bounds. Raises InvalidInput; a column that is absent stays as it is."""
    if unknown := set(changes) - EDITABLE:
        raise InvalidInput(f"A task has no {', '.join(sorted(unknown))} that can be changed.")
    cleaned = dict(changes)
    for name in ("title", "details", "description", "task_steps"):
        if name in cleaned:
            cleaned[name] = _text(name, str(cleaned[name]))
    for name, values in (("status", TaskStatus), ("priority", Priority), ("recurrence_pattern", RecurrencePattern)):
        if name in cleaned and cleaned[name] is not None and cleaned[name] not in set(values):
            raise InvalidInput(f"“{str(cleaned[name])[:40]}” is no {name.replace('_', ' ')}. Choose one of the list.")
    minutes = cleaned.get("duration_minutes")
    if minutes is not None and not 1 <= minutes <= LONGEST_DURATION:
        raise InvalidInput("A duration is between one minute and 31 days.")
    if cleaned.get("recurrence_rule"):
        cleaned["recurrence_rule"] = check_rule(cleaned["recurrence_rule"])
    return cleaned


def _text(name: str, text: str) -> str:
    text = text.replace("\0", "")
    if name != "title":
        if len(text) > LONGEST_TEXT:
            raise InvalidInput(f"That is longer than {LONGEST_TEXT:,} characters. Shorten it, then save again.")
        return text.strip()
    title = " ".join(text.split())[:LONGEST_TITLE]
    if not title:
        raise InvalidInput("Give it a title.")
    return title


def recurring(fields: Mapping[str, Any], zone: tzinfo | None, project_end: date | None) -> dict[str, Any]:
    """What follows from the repetition of a whole task: its type, its end. Raises InvalidInput.

    Without an end of its own a repetition ends with its project (behaviour.md 1.5).
    """
    if not fields.get("recurrence_pattern"):
        nothing = dict.fromkeys(("recurrence_rule", "recurrence_ends", "recurrence_end_source"))
        return {"task_type": TaskType.ONE_OFF, "recurrence_pattern": None, **nothing}
    start = fields.get("start_date")
    if start is None:
        raise InvalidInput("A task that repeats needs a first day. Give it a start.")
    ends, source = fields.get("recurrence_ends"), fields.get("recurrence_end_source")
    if ends is None or source == "project_inherited":
        ends, source = project_end, "project_inherited" if project_end else "indefinite"
    else:
        source = source or "user_specified"
    if ends is not None and ends < start.astimezone(zone).date():
        raise InvalidInput("The repetition ends before it begins. Move its start or its end.")
    return {"task_type": TaskType.RECURRING, "recurrence_ends": ends, "recurrence_end_source": source}


def inside_project(fields: Mapping[str, Any], zone: tzinfo | None, starts: date | None, ends: date | None) -> None:
    """Do a task's moments fall inside of its project's dates, by the calendar of the person? Raises InvalidInput."""
    for name in ("start_date", "due_date"):
        moment = fields.get(name)
        if moment is None:
            continue
        day = moment.astimezone(zone).date()
        if starts is not None and day < starts:
            raise InvalidInput(
                f"The project begins on {starts.day} {starts:%B}. Choose a later day, or move the project."
            )
        if ends is not None and day > ends:
            raise InvalidInput(f"The project ends on {ends.day} {ends:%B}. Choose an earlier day, or move its end.")
