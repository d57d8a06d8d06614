"""From what the model answered to operations: names become projects, words become dates. Pure.

Ids that were not in the prompt are dropped; nothing of a reply is used but the fields that its class names.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from buildos_app.brain_dumps.operations import ProposedOperation, locate, validated
from buildos_app.brain_dumps.prompts import (
    ExtractedContext,
    ExtractedTasks,
    KnownNote,
    KnownProject,
    KnownQuestion,
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
WHICH_NOTE = "Your text calls it “{name}”: is this the note?"
UNREAD_DATE = "“{words}” could not be read as a date."
WHICH_DATE = "“{words}” can be {at.day} {at:%B} or {other.day} {other:%B}: which one?"
PERHAPS_DATE = (
    "“{words}” was read as {at:%A}, {at.day} {at:%B}. Did you mean {other:%A}, {other.day} {other:%B}? Then change it."
)


@dataclass(frozen=True)
class DumpToProcess:
    """All that reading a dump needs; no row and no session. `now` is in the person's zone."""

    id: UUID
    content: str
    project: KnownProject | None
    projects: list[KnownProject]
    tasks: list[KnownTask]
    now: datetime
    questions: list[KnownQuestion] = field(default_factory=list)
    notes: list[KnownNote] = field(default_factory=list)


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
        *(operation for item in extracted.notes for operation in _note(dump, item, places)),
    ]
    return [validated(operation) for operation in _without_doubles(operations)]


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _new_projects(dump: DumpToProcess, context: ExtractedContext, extracted: ExtractedTasks) -> list[ProposedProject]:
    """The proposed projects, without those that exist. When something would be homeless, one more for it."""
    known = {_key(item.name) for item in dump.projects}
    proposed = {
        _key(item.name): item for item in context.projects if item.name.strip() and _key(item.name) not in known
    }
    if proposed:
        return [item for item in proposed.values() if not _is_only_spoken_of(dump, item, extracted)]
    items: list[ProposedTask | ProposedNote] = [*extracted.tasks, *extracted.notes]
    homeless = [item for item in items if _key(item.project_name) not in known and not _updates(item)]
    if not homeless:
        return []
    return [ProposedProject(name=context.title or f"Brain dump of {dump.now.day} {dump.now:%B}")]


def _updates(item: ProposedTask | ProposedNote) -> bool:
    return (item.task_id if isinstance(item, ProposedTask) else item.note_id) is not None


def _is_only_spoken_of(dump: DumpToProcess, project: ProposedProject, extracted: ExtractedTasks) -> bool:
    """Do the project's words only speak of known tasks and notes, so that it would be empty?"""
    items: list[ProposedTask | ProposedNote] = [*extracted.tasks, *extracted.notes]
    if any(not _updates(item) for item in items):
        return False
    words = locate(dump.content, project.quote)
    spans = (locate(dump.content, item.quote) for item in items)
    return words is not None and any(span and span[0] < words[1] and words[0] < span[1] for span in spans)


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
        return [_task_update(dump, item, known)] if known else []
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
    reasoning = put_date(data, item.when_words, dump.now)
    return [_with_words(dump, item.quote, target=OperationTable.TASKS, data=data, reasoning=reasoning)]


def put_date(data: dict[str, Any], words: str, now: datetime) -> str:
    """Resolve the words of a date into the data; what to tell the person when they cannot be read."""
    if not words.strip():
        return ""
    when = resolve_when(words, now, str(data.get("title", "")))
    if when is None:
        return UNREAD_DATE.format(words=words.strip()[:80])
    if when.other is not None:
        return WHICH_DATE.format(words=when.words, at=when.at, other=when.other)
    if when.recurrence is not None:
        data |= {"start_date": when.at, "start_has_time": when.has_time, "recurrence_pattern": when.recurrence}
        data |= {"recurrence_rule": when.rule} if when.rule else {}
    elif when.kind == "due":
        data |= {"due_date": when.at, "due_has_time": when.has_time}
    else:
        data |= {"start_date": when.at, "start_has_time": when.has_time}
    if when.perhaps is not None:
        return PERHAPS_DATE.format(words=when.words, at=when.at, other=when.perhaps)
    return ""


def _task_update(dump: DumpToProcess, item: ProposedTask, known: KnownTask) -> ProposedOperation:
    """What the dump says of a known task; what it does not speak of stays as it is."""
    data: dict[str, Any] = {"details_addition": item.details}
    if item.new_title.strip() and item.new_title.strip() != known.title:
        data["title"] = item.new_title
    if item.status != known.status:
        data["status"] = item.status
    if item.priority != "medium":
        data["priority"] = item.priority
    if duration := find_duration(item.duration_words) if item.duration_words else None:
        data["duration_minutes"] = duration.minutes
    reasoning = put_date(data, item.when_words, dump.now)
    data.pop("recurrence_rule", None)
    if data.pop("recurrence_pattern", None):  # how often a task comes back is changed on the task itself
        data = {name: value for name, value in data.items() if not name.startswith("start_")}
    fields = {"target": OperationTable.TASKS, "operation": OperationKind.UPDATE, "data": data}
    return _with_words(dump, item.quote, **fields, row_id=item.task_id, reasoning=reasoning)


def _note(dump: DumpToProcess, item: ProposedNote, places: _Places) -> list[ProposedOperation]:
    if item.note_id is not None:
        known = next((note for note in dump.notes if note.id == item.note_id), None)
        return [_note_update(dump, item, known)] if known else []
    data = {"title": item.title, "content": item.content, **places.of(item.project_name)}
    return [_with_words(dump, item.quote, target=OperationTable.NOTES, data=data)]


def _note_update(dump: DumpToProcess, item: ProposedNote, known: KnownNote) -> ProposedOperation:
    data = {"content_addition": item.content}
    if item.new_title.strip() and item.new_title.strip() != known.title:
        data["title"] = item.new_title
    is_meant = set(_key(item.title).split()) <= set(_key(f"{known.title} {item.new_title}").split())
    reasoning = "" if is_meant else WHICH_NOTE.format(name=item.title.strip()[:80])
    fields = {"target": OperationTable.NOTES, "operation": OperationKind.UPDATE, "data": data}
    return _with_words(dump, item.quote, **fields, row_id=known.id, reasoning=reasoning)


def _without_doubles(operations: list[ProposedOperation]) -> list[ProposedOperation]:
    """What is said twice is one: the first of those that say the same, whatever the case and the spaces.

    "Call the plumber ... call the plumber on Friday" is one task, on Friday.
    """
    operations = _with_said_again(operations)
    seen: dict[tuple[str, ...], ProposedOperation] = {}
    for operation in operations:
        said = _key(" ".join(f"{name}={value}" for name, value in sorted(operation.data.items()) if value))
        seen.setdefault((operation.target, operation.operation, str(operation.row_id), said), operation)
    return list(seen.values())


_SAID_ONCE = frozenset({"title", "details", "start_has_time", "due_has_time"})


def _with_said_again(operations: list[ProposedOperation]) -> list[ProposedOperation]:
    """New tasks of the same title and place, put together where one says what the other leaves open."""
    kept: list[ProposedOperation] = []
    at: dict[tuple[str, ...], int] = {}
    for operation in operations:
        data = operation.data
        place = str(data.get("project_id") or data.get("project_ref") or operation.row_id)
        key = (operation.target, operation.operation, _key(str(data.get("title", ""))).strip(" .!"), place)
        first = kept[at[key]] if operation.target == OperationTable.TASKS and key in at else None
        if first is None or not _agree(first.data, data):
            at.setdefault(key, len(kept))
            kept.append(operation)
            continue
        more = {name: value for name, value in data.items() if value and first.data.get(name) in (None, "", "medium")}
        joined = {"data": {**first.data, **more}, "reasoning": first.reasoning or operation.reasoning}
        kept[at[key]] = first.model_copy(update=joined)
    return kept


def _agree(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """No field in which both say something, and not the same."""
    fields = (set(first) & set(second)) - _SAID_ONCE
    open_values = (None, "", "medium")
    return all(first[name] == second[name] or {first[name], second[name]} & set(open_values) for name in fields)
