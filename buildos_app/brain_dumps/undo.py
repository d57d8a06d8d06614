"""Taking an applied dump back, without touching what was changed since."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.drafts import find_dump
from buildos_app.brain_dumps.snapshots import MODELS, Row, restored, snapshot
from buildos_app.clock import now
from buildos_app.errors import Conflict
from buildos_app.models.brain_dump import BrainDumpStatus, Operation, OperationKind, OperationTable
from buildos_app.models.phase import Phase
from buildos_app.models.project import Note, Project, Task, TaskStatus
from buildos_app.projects.tasks import set_task_status

UNDO_DAYS = 30


@dataclass
class Undone:
    """How many operations were taken back, and the names of those that were left alone because they changed since."""

    taken_back: int = 0
    kept: list[str] = field(default_factory=list)


def is_within_reach(status: str, applied_at: datetime | None) -> bool:
    """Is a dump applied, and not too long ago to be taken back?"""
    limit = timedelta(days=UNDO_DAYS)
    return status == BrainDumpStatus.SAVED and applied_at is not None and applied_at > now() - limit


async def undo(session: AsyncSession, user_id: UUID, dump_id: UUID) -> Undone:
    """Take back what the dump made and changed. What somebody changed since stays as it is, field by field.

    Raises Conflict when it was not applied, was undone already, or more than 30 days ago.
    """
    dump = await find_dump(session, dump_id, lock=True)
    if not is_within_reach(dump.status, dump.applied_at):
        raise Conflict(f"Only a dump that was applied within the last {UNDO_DAYS} days can be undone.")
    was_applied = col(Operation.result)["id"].astext.is_not(None)
    query = sa.select(Operation).where(col(Operation.brain_dump_id) == dump_id, was_applied)
    operations = list((await session.execute(query.order_by(col(Operation.position).desc()))).scalars())
    undone = Undone()
    for table in (OperationTable.NOTES, OperationTable.TASKS, OperationTable.PROJECTS):
        for operation in operations:
            if operation.target == table:
                await _take_back(session, operation, undone)
    dump.status, dump.undone_at = BrainDumpStatus.UNDONE, now()
    dump.parsed_results = {**dump.parsed_results, "kept": undone.kept}
    return undone


async def _take_back(session: AsyncSession, operation: Operation, undone: Undone) -> None:
    result: dict[str, Any] = operation.result or {}
    model = MODELS[operation.target]
    row: Row | None = await session.get(model, UUID(result["id"]), with_for_update=True)
    if row is None or (isinstance(row, Task) and row.deleted_at is not None) or "after" not in result:
        return
    if operation.operation == OperationKind.CREATE:
        is_gone = snapshot(row) == result["after"] and await _remove(session, row)
    else:
        is_gone = await _put_back(session, row, result["before"], result["after"])
    if is_gone:
        undone.taken_back += 1
    else:
        undone.kept.append(_name(row))


async def _remove(session: AsyncSession, row: Row) -> bool:
    """Remove a row that the dump made, unless something hangs on it by now."""
    if isinstance(row, Task):
        steps = sa.select(sa.literal(1)).where(col(Task.parent_task_id) == row.id, col(Task.deleted_at).is_(None))
        if (await session.execute(steps.limit(1))).first():
            return False
        row.deleted_at = now()
    elif isinstance(row, Project) and not await _is_empty(session, row):
        return False
    else:
        await session.delete(row)
    await session.flush()
    return True


async def _is_empty(session: AsyncSession, project: Project) -> bool:
    for query in (
        sa.select(col(Task.id)).where(col(Task.project_id) == project.id, col(Task.deleted_at).is_(None)),
        sa.select(col(Note.id)).where(col(Note.project_id) == project.id),
        sa.select(col(Phase.id)).where(col(Phase.project_id) == project.id),
    ):
        if (await session.execute(query.limit(1))).first():
            return False
    return True


async def _put_back(session: AsyncSession, row: Row, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Give each field its old value that still holds the dump's; are all of them back?"""
    current = snapshot(row)
    mine = {name: value for name, value in before.items() if current[name] == after[name]}
    if isinstance(row, Note) and not (current | mine)["title"] and not (current | mine)["content"]:
        return False  # it would be empty, because its title was taken away since
    for name, value in mine.items():
        if name != "status":
            setattr(row, name, restored(row, name, value))
    await session.flush()
    if "status" in mine and isinstance(row, Task):
        await set_task_status(session, row.id, TaskStatus(mine["status"]))
        await session.refresh(row)
    return len(mine) == len(before)


def _name(row: Row) -> str:
    return row.name if isinstance(row, Project) else row.title or "A note"
