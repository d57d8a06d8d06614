"""Proposed operations and the dump's own words as the review draws them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from buildos_app.brain_dumps.coverage import coverage
from buildos_app.brain_dumps.edits import DETAILS
from buildos_app.brain_dumps.review import OperationView
from buildos_app.models.brain_dump import OperationKind, OperationTable
from buildos_app.models.project import Priority
from buildos_app.ui.views import Chip, day_words, duration_words


@dataclass(frozen=True)
class OperationRow:
    """One proposal as a row: `group` is new, changed or needs_you; the rest fills the row and its editor."""

    id: str
    index: str
    group: str
    title: str
    why: str
    is_project: bool
    enabled: bool
    chips: list[Chip]
    kind: str
    details: str
    when: str
    duration: str
    priority: str
    project: str


@dataclass(frozen=True)
class TextSegment:
    """A stretch of the dump; `operation` is the index of the row that it led to, or empty."""

    text: str
    kind: str
    operation: str


def operation_rows(
    views: list[OperationView], names: dict[str, str], zone: ZoneInfo, now: datetime
) -> list[OperationRow]:
    """Rows of all operations; `names` are the names of projects by id and by ref."""
    return [_row(view, index, names, zone, now) for index, view in enumerate(views)]


def text_segments(content: str, views: list[OperationView]) -> list[TextSegment]:
    """The dump as stretches. An operation that is left out counts as used: its words are accounted for."""
    spans = [None if view.target == OperationTable.PROJECTS else view.span for view in views]
    names = [view.span for view in views if view.target == OperationTable.PROJECTS]
    return [
        TextSegment(item.text, item.kind, "" if item.operation is None else str(item.operation))
        for item in coverage(content, spans, names)
    ]


REPEATS = {
    "daily": "every day",
    "weekdays": "every weekday",
    "biweekly": "every two weeks",
    "monthly": "every month",
    "quarterly": "every quarter",
    "yearly": "every year",
}


def used_percent(segments: list[TextSegment]) -> int:
    """How much of what is said led to something, in percent of its characters."""
    used = sum(len(item.text) for item in segments if item.kind == "used")
    said = used + sum(len(item.text) for item in segments if item.kind == "gap")
    return round(100 * used / said) if said else 0


def _row(view: OperationView, index: int, names: dict[str, str], zone: ZoneInfo, now: datetime) -> OperationRow:
    data = view.data
    project = names.get(str(data.get("project_id") or data.get("project_ref") or ""), "")
    title = str(data.get("title") or data.get("name") or view.quote[:80] or "Untitled")
    moment, whole_day = _moment(data, zone)
    return OperationRow(
        id=str(view.id),
        index=str(index),
        group=_group(view),
        title=title,
        why=_why(view, project),
        is_project=view.target == OperationTable.PROJECTS,
        enabled=view.enabled,
        chips=_chips(view, moment, whole_day, zone, now),
        kind=view.target.removesuffix("s"),
        details=next((str(data[name]) for name in DETAILS if data.get(name)), ""),
        when=_when_words(data, moment, whole_day),
        duration=duration_words(int(data["duration_minutes"])) if data.get("duration_minutes") else "",
        priority=str(data.get("priority", Priority.MEDIUM)),
        project=project,
    )


def _group(view: OperationView) -> str:
    if view.error or view.reasoning:
        return "needs_you"
    return "changed" if view.operation == OperationKind.UPDATE else "new"


def _why(view: OperationView, project: str) -> str:
    if view.error:
        return f"Needs a correction: {view.error}."
    words = f"“{' '.join(view.quote.split())}”" if view.quote else ""
    return " ".join(part for part in (words, view.reasoning) if part) or project or "found in your text"


def _moment(data: dict[str, Any], zone: ZoneInfo) -> tuple[datetime | None, bool]:
    text = data.get("due_date") or data.get("start_date")
    if not text or "T" not in str(text):
        return None, False
    local = datetime.fromisoformat(str(text)).astimezone(zone)
    return local, (local.hour, local.minute) in {(9, 0), (23, 59)}


def _chips(view: OperationView, moment: datetime | None, whole_day: bool, zone: ZoneInfo, now: datetime) -> list[Chip]:
    if view.target == OperationTable.PROJECTS:
        return [Chip("project", "accent")]
    if view.target == OperationTable.NOTES:
        return [Chip("note")]
    chips = []
    if moment is not None:
        day = day_words(moment.date(), now.astimezone(zone).date())
        prefix = "by " if view.data.get("due_date") else ""
        chips.append(Chip(f"{prefix}{day}" + ("" if whole_day else f" · {moment:%H:%M}"), "accent"))
    for name in ("recurrence_pattern", "status"):
        if view.data.get(name):
            chips.append(Chip(str(view.data[name]).replace("_", " ")))
    if view.data.get("duration_minutes"):
        chips.append(Chip(duration_words(int(view.data["duration_minutes"]))))
    if view.data.get("priority") in (Priority.HIGH, Priority.LOW):
        chips.append(Chip(str(view.data["priority"]), "warn" if view.data["priority"] == Priority.HIGH else "plain"))
    return chips


def _when_words(data: dict[str, Any], moment: datetime | None, whole_day: bool) -> str:
    """Words that the editor's field can hold and that resolve to the same date again."""
    if moment is None:
        return ""
    clock = "" if whole_day else f" at {moment:%H:%M}"
    if pattern := data.get("recurrence_pattern"):
        return REPEATS.get(pattern, f"every {moment:%A}") + clock
    prefix = "by " if data.get("due_date") else ""
    return f"{prefix}{moment.day} {moment:%B %Y}{clock}"
