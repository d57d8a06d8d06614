"""The stored proposal of a dump: loaded for the run, saved after it, edited by the person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.drafts import find_dump
from buildos_app.brain_dumps.merge import DumpToProcess
from buildos_app.brain_dumps.operations import ProposedOperation, read_data
from buildos_app.brain_dumps.prompts import KnownNote, KnownProject, KnownTask
from buildos_app.brain_dumps.questions import close_answered, keep_questions, known_questions
from buildos_app.brain_dumps.snapshots import MODELS, Row, snapshot
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.clock import local_now
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, Operation, OperationKind
from buildos_app.models.project import Note, Project, ProjectStatus, Task, TaskStatus
from buildos_app.models.user import User

KNOWN_PROJECTS, KNOWN_TASKS, KNOWN_NOTES = 50, 100, 20
MOST_WORDS, _SHORT_WORD = 400, 2
_WORD = re.compile(r"[^\W_]{1,40}")
READ_ALREADY = "This dump was read already."


@dataclass(frozen=True)
class OperationView:
    """A stored operation."""

    id: UUID
    target: str
    operation: str
    data: dict[str, Any]
    ref: str
    row_id: UUID | None
    quote: str
    span: tuple[int, int] | None
    enabled: bool
    error: str
    reasoning: str


async def load_dump_to_process(session: AsyncSession, user_id: UUID, dump_id: UUID) -> DumpToProcess:
    """All that reading a dump needs, in a query for each kind. Raises NotFound, Conflict when it was read already."""
    dump = await find_dump(session, dump_id)
    if dump.status != BrainDumpStatus.PENDING:
        raise Conflict(READ_ALREADY)
    timezone = (await session.execute(sa.select(col(User.timezone)).where(col(User.id) == user_id))).scalar_one()
    projects = await _known_projects(session, dump.project_id)
    selected = next((item for item in projects if item.id == dump.project_id), None)
    return DumpToProcess(
        id=dump.id,
        content=dump.content,
        project=selected,
        projects=[] if dump.wants_new_project else [item.model_copy(update={"context": ""}) for item in projects],
        tasks=await _known_tasks(session, dump.project_id, dump.content),
        notes=await _known_notes(session, dump.project_id, dump.content),
        questions=await known_questions(session),
        now=local_now(timezone),
    )


async def save_proposal(session: AsyncSession, user_id: UUID, dump_id: UUID, proposed: Proposed) -> BrainDump:
    """Store what was understood; the dump. Raises Conflict when another run has read it meanwhile."""
    proposal = proposed.proposal
    dump = await find_dump(session, dump_id, lock=True)
    if dump.status != BrainDumpStatus.PENDING:
        raise Conflict(READ_ALREADY)
    session.add_all(
        operation_row(user_id, dump, position, operation)
        for position, operation in enumerate(proposal.operations, start=1)
    )
    dump.status, dump.title, dump.ai_summary = BrainDumpStatus.PARSED, proposal.title, proposal.summary
    dump.engine, dump.error = proposed.engine, ""
    answered = await close_answered(session, dump, proposal.answers)
    await keep_questions(session, dump, proposal.questions)
    dump.parsed_results = {
        "submitted": True,
        "seconds": proposal.seconds,
        "warnings": proposal.warnings,
        "answered": answered,
    }
    await session.flush()
    return dump


async def save_failure(session: AsyncSession, dump_id: UUID, message: str) -> None:
    """Remember why a dump could not be read; its text stays."""
    await session.execute(sa.update(BrainDump).where(col(BrainDump.id) == dump_id).values(error=message[:500]))


async def list_operations(session: AsyncSession, dump_id: UUID) -> list[OperationView]:
    """The operations of a dump in their order."""
    query = sa.select(Operation).where(col(Operation.brain_dump_id) == dump_id).order_by(col(Operation.position))
    return [_view(row) for row in (await session.execute(query)).scalars()]


async def toggle_operation(session: AsyncSession, operation_id: UUID) -> bool:
    """Leave an operation out, or take it in; is it in now? Raises InvalidInput when it has an error to mend first."""
    row = await _find_open(session, operation_id)
    if row.error and not row.enabled:
        raise InvalidInput(f"Mend it first: {row.error}.")
    row.enabled = not row.enabled
    return row.enabled


async def get_operation(session: AsyncSession, operation_id: UUID) -> OperationView:
    """One operation of a dump that is open for review. Raises NotFound, Conflict."""
    return _view(await _find_open(session, operation_id))


async def edit_operation(session: AsyncSession, operation_id: UUID, changes: dict[str, Any]) -> None:
    """Replace fields of an operation and take it in. Unknown fields are dropped; raises InvalidInput."""
    row = await _find_open(session, operation_id)
    if row.operation == OperationKind.UPDATE:  # an update adds words, it does not replace the description
        changes = {name: value for name, value in changes.items() if name != "description"}
    try:
        data = read_data(row.target, row.operation, {**row.data, **changes})
    except ValueError as error:
        raise InvalidInput(f"That does not fit: {error}.") from error
    row.data = data.model_dump(mode="json", exclude_defaults=True)
    row.error, row.reasoning, row.enabled = "", "", True


async def current_values(session: AsyncSession, operations: list[OperationView]) -> dict[UUID, dict[str, Any]]:
    """What the rows that the updates are about hold today, by row; a row that is gone is left out."""
    found: dict[UUID, dict[str, Any]] = {}
    for table, model in MODELS.items():
        ids = [item.row_id for item in operations if item.target == table and item.row_id is not None]
        if ids:
            query = sa.select(model).where(col(model.id).in_(ids))
            rows = cast(Iterable[Row], (await session.execute(query)).scalars())
            found |= {row.id: snapshot(row) for row in rows}
    return found


async def remove_operation(session: AsyncSession, operation_id: UUID) -> None:
    """Drop a proposal for good; its words count as unused from then on."""
    await session.delete(await _find_open(session, operation_id))


async def _find_open(session: AsyncSession, operation_id: UUID) -> Operation:
    query = sa.select(Operation, col(BrainDump.status)).join(
        BrainDump, col(BrainDump.id) == col(Operation.brain_dump_id)
    )
    found = (await session.execute(query.where(col(Operation.id) == operation_id).with_for_update())).one_or_none()
    if found is None:
        raise NotFound("That proposal no longer exists.")
    if found[1] != BrainDumpStatus.PARSED:
        raise Conflict("This dump is not open for review any more.")
    row: Operation = found[0]
    return row


async def _known_projects(session: AsyncSession, selected: UUID | None) -> list[KnownProject]:
    """The latest active projects, and the selected one whatever its state."""
    query = sa.select(col(Project.id), col(Project.name), col(Project.description), col(Project.context))
    query = (
        query.where(sa.or_(col(Project.status) == ProjectStatus.ACTIVE, col(Project.id) == selected))
        .order_by((col(Project.id) == selected).desc().nulls_last(), col(Project.updated_at).desc())
        .limit(KNOWN_PROJECTS)
    )
    return [KnownProject(**row) for row in (await session.execute(query)).mappings()]


async def _known_tasks(session: AsyncSession, project_id: UUID | None, content: str) -> list[KnownTask]:
    """Open tasks that the dump may speak of: those whose titles share words or most trigrams with it, then the latest.

    Trigrams find what is spelled or inflected otherwise: "plumer", "calling the plumber".
    """
    query = sa.select(
        col(Task.id), col(Task.title), col(Task.status), sa.func.left(col(Task.description), 100).label("description")
    ).where(col(Task.status) != TaskStatus.DONE, col(Task.deleted_at).is_(None), col(Task.outdated).is_(False))
    if project_id is not None:
        query = query.where(col(Task.project_id) == project_id)
    query = query.order_by(_likeness(col(Task.title), content).desc(), col(Task.updated_at).desc()).limit(KNOWN_TASKS)
    return [KnownTask(**row) for row in (await session.execute(query)).mappings()]


async def _known_notes(session: AsyncSession, project_id: UUID | None, content: str) -> list[KnownNote]:
    """Notes that the dump may speak of, likest first: by the title, or the beginning of the text where it has none."""
    begins = sa.func.left(col(Note.content), 200)
    query = sa.select(col(Note.id), col(Note.title), begins.label("content"))
    if project_id is not None:
        query = query.where(sa.or_(col(Note.project_id) == project_id, col(Note.project_id).is_(None)))
    name = sa.func.coalesce(sa.func.nullif(col(Note.title), ""), begins)
    query = query.order_by(_likeness(name, content).desc(), col(Note.updated_at).desc()).limit(KNOWN_NOTES)
    return [KnownNote(**row) for row in (await session.execute(query)).mappings()]


def _likeness(title: sa.SQLColumnExpression[str], content: str) -> sa.ColumnElement[float]:
    """How much of a title the dump says: by words, and by trigrams where they are spelled otherwise."""
    words = sa.func.to_tsquery("simple", " | ".join(_words(content)))
    rank = sa.func.ts_rank(sa.func.to_tsvector("simple", title), words)
    return rank + sa.func.coalesce(_shared_trigrams(title, content), 0)


def _shared_trigrams(title: sa.SQLColumnExpression[str], content: str) -> sa.ColumnElement[float]:
    """The share of a title's trigrams that stand in the dump. Those of the dump are looked up once, by a hash."""
    said = sa.select(sa.func.unnest(sa.func.show_trgm(" ".join(_words(content))))).scalar_subquery()
    of_title = sa.func.unnest(sa.func.show_trgm(title)).table_valued("trigram").render_derived()
    return (
        sa.select(sa.cast(sa.func.avg(sa.cast(of_title.c.trigram.in_(said), sa.Integer)), sa.Float))
        .select_from(of_title)
        .scalar_subquery()
    )


def _words(content: str) -> list[str]:
    """The different words of a dump, its first ones, as a search of PostgreSQL takes them."""
    words = (word.lower() for word in _WORD.findall(content))
    return list(dict.fromkeys(word for word in words if len(word) > _SHORT_WORD))[:MOST_WORDS] or ["nothing"]


def operation_row(user_id: UUID, dump: BrainDump, position: int, operation: ProposedOperation) -> Operation:
    """A proposed operation as a row of its dump, with its exact words."""
    start, end = operation.span or (None, None)
    return Operation(
        user_id=user_id,
        brain_dump_id=dump.id,
        position=position,
        span_start=start,
        span_end=end,
        quote=dump.content[start:end] if operation.span else "",
        **operation.model_dump(exclude={"span", "data"}),
        data=operation.model_dump(mode="json")["data"],
    )


def _view(row: Operation) -> OperationView:
    span = (row.span_start, row.span_end) if row.span_start is not None and row.span_end is not None else None
    return OperationView(
        row.id,
        row.target,
        row.operation,
        row.data,
        row.ref,
        row.row_id,
        row.quote,
        span,
        row.enabled,
        row.error,
        row.reasoning,
    )
