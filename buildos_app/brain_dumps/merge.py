"""From what the model answered to operations: names become projects, words become dates. Pure.

Ids that were not in the prompt are dropped; nothing of a reply is used but the fields that its class names.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from buildos_app.brain_dumps.operations import MOST_OPERATIONS, ProposedOperation, locate, validated
from buildos_app.brain_dumps.prompts import (
    ExtractedContext,
    ExtractedTasks,
    KnownProject,
    KnownTask,
    ProposedNote,
    ProposedProject,
    ProposedTask,
)
from buildos_app.models.brain_dump import OperationKind, OperationTable
from buildos_app.models.project import TaskStatus
from buildos_app.phrases.dates import resolve_when
from buildos_app.phrases.durations import find_duration

INFERRED = "No words in your text say this: it was inferred."
UNREAD_DATE = "“{words}” could not be read as a date."
WHICH_DATE = "“{words}” can be {at.day} {at:%B} or {other.day} {other:%B}: which one?"


@dataclass(frozen=True)
class DumpToProcess:
    """All that reading a dump needs; no row and no session. `now` is in the person's zone."""

    id: UUID
    content: str
    project: KnownProject | None
    projects: list[KnownProject]
    tasks: list[KnownTask]
    now: datetime


@dataclass(frozen=True)
class _Places:
    """Where tasks and notes go: by the name of a project to its id or ref."""

    by_name: dict[str, dict[str, str]]
    fallback: dict[str, str]

    def of(self, name: str) -> dict[str, str]:
        return self.by_name.get(_key(name), self.fallback)


def merge(dump: DumpToProcess, context: ExtractedContext, extracted: ExtractedTasks) -> list[ProposedOperation]:
    """Every operation of a dump, validated, projects first, each with its exact words."""
    new_projects = [] if dump.project else _new_projects(dump, context, extracted)
    refs = [f"new-project-{number}" for number in range(1, len(new_projects) + 1)]
    places = _places(dump, dict(zip(refs, new_projects, strict=True)))
    operations = [
        *(_project(dump, item, ref) for item, ref in zip(new_projects, refs, strict=True)),
        *_project_update(dump, context),
        *(operation for item in extracted.tasks for operation in _task(dump, item, places)),
        *(_note(dump, item, places) for item in extracted.notes),
    ]
    return [validated(operation) for operation in _without_doubles(operations)][:MOST_OPERATIONS]


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _new_projects(dump: DumpToProcess, context: ExtractedContext, extracted: ExtractedTasks) -> list[ProposedProject]:
    """The proposed projects, without those that exist. When something would be homeless, one more for it."""
    known = {_key(item.name) for item in dump.projects}
    proposed = {
        _key(item.name): item for item in context.projects if item.name.strip() and _key(item.name) not in known
    }
    if proposed:
        return list(proposed.values())
    items: list[ProposedTask | ProposedNote] = [*extracted.tasks, *extracted.notes]
    homeless = [item for item in items if _key(item.project_name) not in known and not _updates(dump, item)]
    if not homeless:
        return []
    return [ProposedProject(name=context.title or f"Brain dump of {dump.now.day} {dump.now:%B}")]


def _updates(dump: DumpToProcess, item: ProposedTask | ProposedNote) -> bool:
    return isinstance(item, ProposedTask) and item.task_id in {task.id for task in dump.tasks}


def _places(dump: DumpToProcess, new: dict[str, ProposedProject]) -> _Places:
    if dump.project is not None:
        home = {"project_id": str(dump.project.id)}
        others = {_key(item.name): {"project_id": str(item.id)} for item in dump.projects}
        return _Places(others, home)
    by_name = {_key(item.name): {"project_id": str(item.id)} for item in dump.projects}
    by_name |= {_key(item.name): {"project_ref": ref} for ref, item in new.items()}
    first = next(iter(new), None)
    fallback = {"project_ref": first} if first else next(iter(by_name.values()), {})
    return _Places(by_name, fallback)


def _with_words(dump: DumpToProcess, quote: str, **fields: Any) -> ProposedOperation:
    span = locate(dump.content, quote)
    if not span:
        fields = {**fields, "enabled": False, "reasoning": fields.get("reasoning") or INFERRED}
    return ProposedOperation(**fields, span=span)


def _project(dump: DumpToProcess, item: ProposedProject, ref: str) -> ProposedOperation:
    start, end = (resolve_when(words, dump.now) if words else None for words in (item.start_words, item.end_words))
    data = {
        "name": item.name,
        "description": item.description,
        "executive_summary": item.executive_summary[:500],
        "context": item.context,
        "tags": item.tags,
        "start_date": start.at.date() if start else None,
        "end_date": end.at.date() if end else None,
    }
    return ProposedOperation(target=OperationTable.PROJECTS, data=data, ref=ref, span=locate(dump.content, item.quote))


def _project_update(dump: DumpToProcess, context: ExtractedContext) -> list[ProposedOperation]:
    change = context.change
    if dump.project is None or change is None or not (change.context_addition or change.description):
        return []
    data = change.model_dump(exclude={"quote"})
    fields = {"target": OperationTable.PROJECTS, "operation": OperationKind.UPDATE, "data": data}
    return [_with_words(dump, change.quote, **fields, row_id=dump.project.id)]


def _task(dump: DumpToProcess, item: ProposedTask, places: _Places) -> list[ProposedOperation]:
    if item.task_id is not None:
        known = next((task for task in dump.tasks if task.id == item.task_id), None)
        return [_task_update(dump, item)] if known else []
    data: dict[str, Any] = {
        "title": item.title,
        "details": item.details,
        "priority": item.priority,
        "status": TaskStatus.BACKLOG if item.status == "done" else item.status,
        **places.of(item.project_name),
    }
    duration = find_duration(item.duration_words) if item.duration_words else None
    if duration is not None:
        data["duration_minutes"] = duration.minutes
    reasoning = _put_date(data, item.when_words, dump.now)
    return [_with_words(dump, item.quote, target=OperationTable.TASKS, data=data, reasoning=reasoning)]


def _put_date(data: dict[str, Any], words: str, now: datetime) -> str:
    """Resolve the words of a date into the data; what to tell the person when they cannot be read."""
    if not words.strip():
        return ""
    when = resolve_when(words, now)
    if when is None:
        return UNREAD_DATE.format(words=words.strip()[:80])
    if when.other is not None:
        return WHICH_DATE.format(words=when.words, at=when.at, other=when.other)
    if when.recurrence is not None:
        data |= {"start_date": when.at, "recurrence_pattern": when.recurrence}
    else:
        data["due_date" if when.kind == "due" else "start_date"] = when.at
    return ""


def _task_update(dump: DumpToProcess, item: ProposedTask) -> ProposedOperation:
    data = {"status": item.status, "details_addition": item.details}
    fields = {"target": OperationTable.TASKS, "operation": OperationKind.UPDATE, "data": data}
    return _with_words(dump, item.quote, **fields, row_id=item.task_id)


def _note(dump: DumpToProcess, item: ProposedNote, places: _Places) -> ProposedOperation:
    data = {"title": item.title, "content": item.content, **places.of(item.project_name)}
    return _with_words(dump, item.quote, target=OperationTable.NOTES, data=data)


def _without_doubles(operations: list[ProposedOperation]) -> list[ProposedOperation]:
    """The first of those that say the same in all their fields, whatever the case and the spaces."""
    seen: dict[tuple[str, ...], ProposedOperation] = {}
    for operation in operations:
        said = _key(" ".join(f"{name}={value}" for name, value in sorted(operation.data.items()) if value))
        seen.setdefault((operation.target, operation.operation, str(operation.row_id), said), operation)
    return list(seen.values())
