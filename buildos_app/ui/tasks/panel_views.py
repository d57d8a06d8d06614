"""What the panel of a task shows, as plain texts, and what its form says, as columns of a task. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from buildos_app.errors import InvalidInput
from buildos_app.phrases.durations import find_duration
from buildos_app.phrases.resolving import END_OF_DAY, START_OF_DAY
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.history import Change
from buildos_app.projects.panel import PanelView
from buildos_app.ui.views import ago_words, duration_words

FIELDS = "title details status priority start_day start_time due_day due_time duration project_id pattern ends".split()
"""The fields of the form, by their names in the page."""

WORDS = {
    "title": "title",
    "details": "details",
    "status": "status",
    "priority": "priority",
    "start_day": "start",
    "start_time": "start time",
    "due_day": "due date",
    "due_time": "due time",
    "duration": "duration",
    "project_id": "project",
    "pattern": "repetition",
    "ends": "end of the repetition",
}
CHANGE_WORDS = {
    "title": "Title changed",
    "details": "Details changed",
    "priority": "Priority",
    "start_date": "Start changed",
    "due_date": "Due date changed",
    "duration_minutes": "Duration changed",
    "project_id": "Moved to another project",
    "task_steps": "Steps changed",
    "recurrence_pattern": "Repetition changed",
    "recurrence_rule": "Repetition changed",
    "recurrence_ends": "End of the repetition changed",
}
STATUS_WORDS = {"backlog": "To do", "in_progress": "In progress", "blocked": "Blocked", "done": "Done"}


@dataclass(frozen=True)
class StepRow:
    """A step with its place in the list."""

    index: int
    text: str
    done: bool


@dataclass(frozen=True)
class Choice:
    """A task or a project to choose or to follow."""

    id: str
    name: str
    href: str = ""
    done: bool = False


@dataclass(frozen=True)
class ActivityRow:
    """One thing that happened to the task."""

    what: str
    when: str


def form_of(view: PanelView) -> dict[str, str]:
    """The fields as the form shows them."""
    task, zone = view.task, view.zone_now.tzinfo
    start = task.start_date.astimezone(zone) if task.start_date else None
    due = task.due_date.astimezone(zone) if task.due_date else None
    return {
        "title": task.title,
        "details": task.details,
        "status": task.status,
        "priority": task.priority,
        "start_day": f"{start:%Y-%m-%d}" if start else "",
        "start_time": f"{start:%H:%M}" if start and task.start_has_time else "",
        "due_day": f"{due:%Y-%m-%d}" if due else "",
        "due_time": f"{due:%H:%M}" if due and task.due_has_time else "",
        "duration": duration_words(task.duration_minutes) if task.duration_minutes else "",
        "project_id": str(task.project_id or ""),
        "pattern": task.recurrence_pattern or "",
        "ends": str(task.recurrence_ends or ""),
    }


def changes_of(form: Mapping[str, str], shown: Mapping[str, str], zone_now: datetime) -> dict[str, Any]:
    """The columns that a person changed: only those whose fields differ from what was shown. Raises InvalidInput."""
    changed = {name for name in FIELDS if name in form and form[name] != shown[name]}
    changes: dict[str, Any] = {
        name: form[name] for name in ("title", "details", "status", "priority") if name in changed
    }
    both = {**shown, **form}
    for kind, clock in (("start", START_OF_DAY), ("due", END_OF_DAY)):
        if changed & {f"{kind}_day", f"{kind}_time"}:
            changes |= _moment(kind, both[f"{kind}_day"], both[f"{kind}_time"], clock, zone_now)
    if "duration" in changed:
        changes["duration_minutes"] = _minutes(form["duration"])
    if "project_id" in changed:
        changes["project_id"] = UUID(form["project_id"]) if form["project_id"] else None
    if "pattern" in changed:
        changes |= {"recurrence_pattern": form["pattern"] or None, "recurrence_rule": None}
    if "ends" in changed:
        changes["recurrence_ends"] = _day(form["ends"]) if form["ends"] else None
    return changes


def _moment(kind: str, day: str, clock: str, default: time, zone_now: datetime) -> dict[str, Any]:
    if not day:
        return {f"{kind}_date": None, f"{kind}_has_time": False}
    at = at_local(_day(day), _clock(clock) if clock else default, zone_now)
    return {f"{kind}_date": at, f"{kind}_has_time": bool(clock)}


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text[:40]}” is no date. Write it like 2026-12-24.") from None
    if not 1970 <= day.year <= 2200:
        raise InvalidInput("That year is too far away.")
    return day


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidInput(f"“{text[:40]}” is no time. Write it like 15:00.") from None


def _minutes(words: str) -> int | None:
    if not words.strip():
        return None
    if words.strip().isdigit() and len(words.strip()) <= 5:
        return int(words)
    found = find_duration(words[:100])
    if found is None:
        raise InvalidInput(f"“{words[:60]}” could not be read as a duration. Try “30 min” or “2 h”.")
    return found.minutes


CAUSES = {
    "brain_dump": "a dump",
    "phases": "a plan of phases",
    "overdue": "rescheduling",
    "schedule": "the schedule of a phase",
}


def activity_of(view: PanelView) -> list[ActivityRow]:
    """What happened to the task, the newest first."""
    rows = [ActivityRow(_change_words(change), ago_words(change.at, view.zone_now)) for change in view.changes]
    origin = "Found in a dump" if view.brain_dump_id else "Made"
    return [*rows, ActivityRow(origin, ago_words(view.created_at, view.zone_now))]


def _change_words(change: Change) -> str:
    changes = change.changes
    said: list[str] = []
    if "status" in changes:
        said.append(_status_words(changes["status"]))
    if "deleted_at" in changes:
        said.append("Deleted" if changes["deleted_at"][1] else "Restored")
    if "priority" in changes:
        said.append(f"Priority {changes['priority'][1]}")
    said += [words for name, words in CHANGE_WORDS.items() if name in changes and name != "priority"]
    words = ", ".join(dict.fromkeys(said)) or "Changed"
    by = CAUSES.get(change.cause.partition(":")[0])
    return f"{words}, by {by}" if by else words


def _status_words(change: list[str]) -> str:
    before, after = change
    if after == "done":
        return "Completed"
    return "Reopened" if before == "done" else STATUS_WORDS.get(after, after)


def date_words(day: date) -> str:
    """A date of a repetition, such as "Mon 30 Nov"."""
    return f"{day:%a} {day.day} {day:%b}"
