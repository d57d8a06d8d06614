"""Rows as plain values: what a row was before a dump changed it, and after. Pure."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from buildos_app.models.brain_dump import OperationTable
from buildos_app.models.project import Note, Project, Task

Row = Project | Task | Note

MODELS: dict[str, type[Row]] = {
    OperationTable.PROJECTS: Project,
    OperationTable.TASKS: Task,
    OperationTable.NOTES: Note,
}

FIELDS: dict[type[Row], tuple[str, ...]] = {
    Project: ("name", "description", "context", "executive_summary", "status", "tags", "start_date", "end_date"),
    Task: (
        "project_id",
        "title",
        "details",
        "description",
        "status",
        "priority",
        "task_type",
        "start_date",
        "start_has_time",
        "due_date",
        "due_has_time",
        "duration_minutes",
        "recurrence_pattern",
        "recurrence_rule",
        "recurrence_ends",
        "parent_task_id",
    ),
    Note: ("project_id", "title", "content", "category", "tags"),
}
_MOMENTS = ("start_date", "due_date")


def snapshot(row: Row) -> dict[str, Any]:
    """The fields that a person or a dump can change, as JSON can hold them."""
    return {name: _plain(getattr(row, name)) for name in FIELDS[type(row)]}


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields of `after` that differ from `before`."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def restored(row: Row, name: str, value: Any) -> Any:
    """A value of a snapshot as the row holds it."""
    if isinstance(row, Task) and name in _MOMENTS:
        return datetime.fromisoformat(value) if value else None
    if isinstance(row, Project) and name in ("start_date", "end_date"):
        return date.fromisoformat(value) if value else None
    return UUID(value) if name.endswith("_id") and value else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
