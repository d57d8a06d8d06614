"""A sentence that led to nothing, made into a task by a click."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.coverage import unused_spans
from buildos_app.brain_dumps.drafts import find_dump
from buildos_app.brain_dumps.merge import put_date
from buildos_app.brain_dumps.operations import ProposedOperation, validated
from buildos_app.brain_dumps.review import operation_row
from buildos_app.errors import Conflict, InvalidInput
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, Operation, OperationKind, OperationTable
from buildos_app.models.project import Project
from buildos_app.phrases.dates import find_when

_EDGES = " \t\n-–—•*.,;:!?[]()#>"


async def propose_task(session: AsyncSession, user_id: UUID, dump_id: UUID, start: int, now: datetime) -> UUID:
    """Add a proposal made of the unused sentence that begins at `start`; its id. `now` is in the person's zone.

    Raises Conflict when the dump is not open for review, InvalidInput when no unused sentence begins there.
    """
    dump = await find_dump(session, dump_id, lock=True)
    if dump.status != BrainDumpStatus.PARSED:
        raise Conflict("This dump is not open for review any more.")
    query = sa.select(Operation).where(col(Operation.brain_dump_id) == dump_id).order_by(col(Operation.position))
    rows = list((await session.execute(query)).scalars())
    span = next((each for each in unused_spans(dump.content, _spans(rows)) if each[0] == start), None)
    if span is None:
        raise InvalidInput("These words belong to a proposal by now. Look at the list beside them.")
    place = await _place(session, dump, rows)
    row = operation_row(
        user_id, dump, max((row.position for row in rows), default=0) + 1, _task(dump, span, place, now)
    )
    session.add(row)
    await session.flush()
    return row.id


def _spans(rows: list[Operation]) -> list[tuple[int, int] | None]:
    return [
        (row.span_start, row.span_end) if row.span_start is not None and row.span_end is not None else None
        for row in rows
    ]


def _task(dump: BrainDump, span: tuple[int, int], place: dict[str, str], now: datetime) -> ProposedOperation:
    words = dump.content[slice(*span)]
    data: dict[str, object] = {"title": " ".join(words.strip(_EDGES).split())[:255] or words, **place}
    whens = find_when(words, now)
    reasoning = put_date(data, whens[0].words, now) if whens else ""
    return validated(ProposedOperation(target=OperationTable.TASKS, data=data, span=span, reasoning=reasoning))


async def _place(session: AsyncSession, dump: BrainDump, rows: list[Operation]) -> dict[str, str]:
    """The dump's project, else one that it starts, else the newest one that there is."""
    if dump.project_id is not None:
        return {"project_id": str(dump.project_id)}
    ref = next((row.ref for row in rows if row.ref and row.operation == OperationKind.CREATE), "")
    if ref:
        return {"project_ref": ref}
    newest = sa.select(col(Project.id)).order_by(col(Project.updated_at).desc()).limit(1)
    found = (await session.execute(newest)).scalar_one_or_none()
    return {"project_id": str(found)} if found else {}
