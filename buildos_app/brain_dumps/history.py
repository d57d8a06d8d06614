"""The dumps of a person: found again by words and by day, and what each became."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.drafts import EXCERPT, DumpSummary, is_submitted
from buildos_app.brain_dumps.limits import READ_AT_ONCE, WAITING
from buildos_app.clock import now
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, Operation, OperationTable
from buildos_app.models.project import Note, Project, Task
from buildos_app.models.queue import QueueJob

PAGE = 50
LONGEST_READING = timedelta(minutes=10)
LATELY = timedelta(minutes=30)
HEATMAP_DAYS = 53 * 7


@dataclass(frozen=True)
class BeingRead:
    """A dump that is read right now, or could not be; `error` says why."""

    id: UUID
    name: str
    error: str
    submitted_at: datetime


@dataclass(frozen=True)
class Search:
    """What to look for: words, a day in the person's zone, a cursor (the id of the last one seen)."""

    words: str = ""
    day: date | None = None
    before: UUID | None = None


async def search_dumps(
    session: AsyncSession, zone: ZoneInfo, search: Search, *, limit: int = PAGE
) -> list[DumpSummary]:
    """Submitted dumps, the newest first; every word must stand in the text or in the title."""
    columns = (
        col(BrainDump.id),
        col(BrainDump.title),
        sa.func.left(col(BrainDump.content), EXCERPT),
        col(BrainDump.status),
        col(BrainDump.created_at),
    )
    query = sa.select(*columns).where(sa.or_(col(BrainDump.status) != BrainDumpStatus.PENDING, is_submitted()))
    for word in search.words.split()[:8]:
        found = (column.icontains(word, autoescape=True) for column in (col(BrainDump.content), col(BrainDump.title)))
        query = query.where(sa.or_(*found))
    if search.day is not None:
        start = datetime.combine(search.day, time(), zone)
        query = query.where(col(BrainDump.created_at) >= start, col(BrainDump.created_at) < _next_midnight(start))
    if search.before is not None:
        query = query.where(col(BrainDump.id) < search.before)
    return [DumpSummary(*row) for row in await session.execute(query.order_by(col(BrainDump.id).desc()).limit(limit))]


async def list_being_read(session: AsyncSession) -> list[BeingRead]:
    """The dumps that were sent lately and have no result yet, the newest first; what the queue reads, its jobs show."""
    sent = col(BrainDump.submitted_at)
    name = sa.func.coalesce(sa.func.nullif(col(BrainDump.title), ""), sa.func.left(col(BrainDump.content), EXCERPT))
    has_job = sa.exists(
        sa.select(col(QueueJob.id)).where(
            col(QueueJob.payload).contains(
                sa.func.jsonb_build_object("brain_dump_id", sa.cast(col(BrainDump.id), sa.Text))
            ),
            col(QueueJob.created_at) > now() - LATELY,
        )
    )
    query = sa.select(col(BrainDump.id), name, col(BrainDump.error), sent).where(
        col(BrainDump.status) == BrainDumpStatus.PENDING,
        sa.or_(sent > now() - LONGEST_READING, sa.and_(sent > now() - LATELY, col(BrainDump.error) != "")),
        ~has_job,
    )
    return [BeingRead(*row) for row in await session.execute(query.order_by(sent.desc()).limit(READ_AT_ONCE + WAITING))]


async def count_by_day(session: AsyncSession, zone: ZoneInfo) -> dict[date, int]:
    """How many dumps were sent on each day of the last 53 weeks, in the person's zone; days without are left out."""
    day = sa.func.date(sa.func.timezone(zone.key, col(BrainDump.created_at)))
    query = (
        sa.select(day, sa.func.count())
        .where(
            col(BrainDump.created_at) > now() - timedelta(days=HEATMAP_DAYS),
            sa.or_(col(BrainDump.status) != BrainDumpStatus.PENDING, is_submitted()),
        )
        .group_by(day)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


@dataclass(frozen=True)
class Became:
    """A row that a dump made or changed, as it is called today; `project_id` is where to find it."""

    table: str
    id: UUID
    name: str
    project_id: UUID | None


async def what_it_became(session: AsyncSession, dump_id: UUID) -> list[Became]:
    """The rows that are still there, in the order of the operations; one query per table."""
    row_id = col(Operation.result)["id"].astext
    query = sa.select(col(Operation.target), row_id).where(col(Operation.brain_dump_id) == dump_id, row_id.is_not(None))
    pairs = [(row[0], UUID(row[1])) for row in await session.execute(query.order_by(col(Operation.position)))]
    found: dict[tuple[str, UUID], Became] = {}
    for table, columns in _TABLES.items():
        ids = [row_id for target, row_id in pairs if target == table]
        if ids:
            rows = await session.execute(sa.select(*columns).where(columns[0].in_(ids), *_ALIVE.get(table, ())))
            found |= {(table, row[0]): Became(table, *row) for row in rows}
    return [found[pair] for pair in dict.fromkeys(pairs) if pair in found]


_TABLES = {
    OperationTable.PROJECTS: (col(Project.id), col(Project.name), col(Project.id)),
    OperationTable.TASKS: (col(Task.id), col(Task.title), col(Task.project_id)),
    OperationTable.NOTES: (
        col(Note.id),
        sa.func.coalesce(sa.func.nullif(col(Note.title), ""), sa.func.left(col(Note.content), EXCERPT)),
        col(Note.project_id),
    ),
}
_ALIVE = {OperationTable.TASKS: (col(Task.deleted_at).is_(None),)}


def _next_midnight(start: datetime) -> datetime:
    return datetime.combine(start.date() + timedelta(days=1), time(), start.tzinfo)
