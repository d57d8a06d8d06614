"""Proposed operations and the dump's own words as the review draws them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from buildos_app.brain_dumps.coverage import coverage
from buildos_app.brain_dumps.edits import DETAILS
from buildos_app.brain_dumps.review import OperationView
from buildos_app.models.brain_dump import OperationKind, OperationTable
from buildos_app.models.project import Priority
from buildos_app.projects.recurrence import rule_phrase, rule_words
from buildos_app.ui.views import Chip, day_words, duration_words


@dataclass(frozen=True)
class OperationRow:
    """One proposal as a row: `group` is new, changed or needs_you. Whether it is taken in stands in the state apart, so
    that a tick does not send the rows again; `changes` is for updates."""

    id: str
    index: str
    group: str
    title: str
    why: str
    is_project: bool
    chips: list[Chip]
    changes: list["FieldChange"]


@dataclass(frozen=True)
class FieldChange:
    """What a field of an existing row holds now, and what it would hold."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class EditorRow:
    """What the editor of one proposal shows."""

    id: str = ""
    title: str = ""
    kind: str = ""
    details: str = ""
    when: str = ""
    duration: str = ""
    priority: str = "medium"
    is_update: bool = False


@dataclass(frozen=True)
class TextSegment:
    """A stretch of the dump; `operation` is the index of the row that it led to, or empty."""

    text: str
    kind: str
    operation: str
    start: int = 0


@dataclass(frozen=True)
class Surroundings:
    """What rows are drawn with: names of projects by id and by ref, what the changed rows hold today, the person's
    clock."""

    names: dict[str, str]
    current: dict[UUID, dict[str, Any]]
    zone: ZoneInfo
    now: datetime


def operation_rows(views: list[OperationView], around: Surroundings) -> list[OperationRow]:
    """Rows of all operations."""
    return [_row(view, index, around) for index, view in enumerate(views)]


def editor_row(view: OperationView, zone: ZoneInfo) -> EditorRow:
    """One operation as its editor shows it."""
    data = view.data
    moment, whole_day = _moment(data, zone)
    return EditorRow(
        id=str(view.id),
        title=str(data.get("title") or data.get("name") or ""),
        kind=view.target.removesuffix("s"),
        details=next((str(data[name]) for name in DETAILS if data.get(name)), ""),
        when=_when_words(data, moment, whole_day),
        duration=duration_words(int(data["duration_minutes"])) if data.get("duration_minutes") else "",
        priority=str(data.get("priority", Priority.MEDIUM)),
        is_update=view.operation == OperationKind.UPDATE,
    )


def text_segments(content: str, views: list[OperationView]) -> list[TextSegment]:
    """The dump as stretches. An operation that is left out counts as used: its words are accounted for."""
    spans = [None if view.target == OperationTable.PROJECTS else view.span for view in views]
    names = [view.span for view in views if view.target == OperationTable.PROJECTS]
    return [
        TextSegment(item.text, item.kind, "" if item.operation is None else str(item.operation), item.start)
        for item in coverage(content, spans, names)
    ]


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
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


def _row(view: OperationView, index: int, around: Surroundings) -> OperationRow:
    data = view.data
    project = around.names.get(str(data.get("project_id") or data.get("project_ref") or ""), "")
    current = around.current.get(view.row_id, {}) if view.row_id else {}
    known = str(current.get("title") or current.get("name") or current.get("content") or "")[:80]
    title = str(data.get("title") or data.get("name") or known or view.quote[:80] or "Untitled")
    moment, whole_day = _moment(data, around.zone)
    return OperationRow(
        id=str(view.id),
        index=str(index),
        group=_group(view),
        title=title,
        why=_why(view, project),
        is_project=view.target == OperationTable.PROJECTS,
        chips=_chips(view, moment, whole_day, around.zone, around.now),
        changes=_changes(view, current, around.zone) if view.operation == OperationKind.UPDATE else [],
    )


def _changes(view: OperationView, current: dict[str, Any], zone: ZoneInfo) -> list[FieldChange]:
    """The fields of an update beside what they hold today; what is added to a text stands under the text."""
    changes = []
    for name, value in view.data.items():
        if name.endswith("_has_time"):
            continue
        own = name.removesuffix("_addition")
        before = _shown(current.get(own), zone)
        after = _shown(value, zone)
        if own != name and before:
            after = f"{before[-120:]} … {after}" if len(before) > 120 else f"{before} {after}"
        changes.append(FieldChange(own.replace("_", " "), before[:300] or "nothing", after[:300]))
    return changes


def _shown(value: Any, zone: ZoneInfo) -> str:
    text = str(value) if value is not None else ""
    if _MOMENT.match(text):
        moment = datetime.fromisoformat(text).astimezone(zone)
        return f"{moment.day} {moment:%B %Y %H:%M}"
    return " ".join(text.replace("_", " ").split())


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
    return local, not (data.get("due_has_time") if data.get("due_date") else data.get("start_has_time"))


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
    if repeats := view.data.get("recurrence_rule"):
        chips.append(Chip(rule_words(str(repeats), datetime.fromisoformat(str(view.data["start_date"])).date())))
    for name in ("status",) if repeats else ("recurrence_pattern", "status"):
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
    if phrase := rule_phrase(str(data.get("recurrence_rule") or "FREQ=DAILY")):
        return phrase + clock
    if pattern := data.get("recurrence_pattern"):
        return REPEATS.get(pattern, f"every {moment:%A}") + clock
    prefix = "by " if data.get("due_date") else ""
    return f"{prefix}{moment.day} {moment:%B %Y}{clock}"
