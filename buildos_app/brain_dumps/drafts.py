"""A dump from its first letter to its end: draft, submitted, parsed, saved or discarded (behaviour.md 2.13)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.limits import check_rate
from buildos_app.clock import now
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, Operation
from buildos_app.models.project import Project

CAP = 50_000
EXCERPT = 90
OPEN = (BrainDumpStatus.PENDING, BrainDumpStatus.PARSED)


@dataclass(frozen=True)
class DumpView:
    """A dump with its text."""

    id: UUID
    content: str
    title: str
    status: str
    project_id: UUID | None
    summary: str
    engine: str
    error: str
    submitted: bool
    parsed_results: dict[str, Any]
    created_at: datetime
    auto_accept: bool = False
    applied_at: datetime | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True)
class DumpSummary:
    """A dump in a list; `excerpt` holds its first 90 characters."""

    id: UUID
    title: str
    excerpt: str
    status: str
    created_at: datetime


def clean_content(content: str) -> str:
    """The text as it is kept: NUL characters, which PostgreSQL cannot hold, are dropped.

    Raises InvalidInput above 50,000 characters, counted as code points (behaviour.md 2.3).
    """
    content = content.replace("\0", "").replace("\r\n", "\n")
    if len(content) > CAP:
        raise InvalidInput(
            f"A dump holds at most {CAP:,} characters, and this one has {len(content):,}. "
            "Cut it in two; nothing was lost."
        )
    return content.encode(errors="replace").decode()


async def save_draft(session: AsyncSession, user_id: UUID, content: str, *, draft_id: UUID | None = None) -> UUID:
    """Keep what was typed so far, in the given draft or in a new one; the draft's id."""
    content = clean_content(content)
    if draft_id is not None:
        statement = (
            sa.update(BrainDump)
            .where(col(BrainDump.id) == draft_id, col(BrainDump.status) == BrainDumpStatus.PENDING, ~is_submitted())
            .values(content=content)
            .returning(col(BrainDump.id))
        )
        if (await session.execute(statement)).one_or_none() is not None:
            return draft_id
    draft = BrainDump(user_id=user_id, content=content)
    session.add(draft)
    await session.flush()
    return draft.id


@dataclass(frozen=True)
class Choices:
    """What a person chooses for a dump before it is read."""

    project_id: UUID | None = None
    wants_new_project: bool = False
    auto_accept: bool = False


NO_CHOICES = Choices()


async def submit_dump(
    session: AsyncSession, user_id: UUID, content: str, choices: Choices = NO_CHOICES, *, draft_id: UUID | None = None
) -> UUID:
    """Save the text for good, ready to be read; the dump's id.

    Raises InvalidInput for a blank or too long text, NotFound for a project that is not the person's, TooManyDumps.
    """
    await check_rate(session, user_id)
    project_id = choices.project_id
    if not content.replace("\0", "").strip():
        raise InvalidInput("Write something first: one line is enough.")
    if project_id is not None and await session.get(Project, project_id) is None:
        raise NotFound("That project no longer exists. Choose another one.")
    dump_id = await save_draft(session, user_id, content, draft_id=draft_id)
    values = {
        "project_id": project_id,
        "wants_new_project": choices.wants_new_project and project_id is None,
        "auto_accept": choices.auto_accept,
        "submitted_at": now(),
        "parsed_results": {"submitted": True},
        "error": "",
    }
    await session.execute(sa.update(BrainDump).where(col(BrainDump.id) == dump_id).values(**values))
    return dump_id


async def get_open_draft(session: AsyncSession) -> DumpView | None:
    """The newest draft that was not submitted, if any."""
    query = sa.select(BrainDump).where(col(BrainDump.status) == BrainDumpStatus.PENDING, ~is_submitted())
    row = (await session.execute(query.order_by(col(BrainDump.id).desc()).limit(1))).scalar_one_or_none()
    return _view(row) if row and row.content.strip() else None


async def get_dump(session: AsyncSession, dump_id: UUID) -> DumpView:
    """One dump. Raises NotFound."""
    return _view(await find_dump(session, dump_id))


async def list_dumps(session: AsyncSession, *, limit: int = 50, before: UUID | None = None) -> list[DumpSummary]:
    """Submitted dumps, the newest first; `before` is the cursor, the id of the last one seen."""
    columns = (
        col(BrainDump.id),
        col(BrainDump.title),
        sa.func.left(col(BrainDump.content), EXCERPT),
        col(BrainDump.status),
        col(BrainDump.created_at),
    )
    query = sa.select(*columns).where(sa.or_(col(BrainDump.status) != BrainDumpStatus.PENDING, is_submitted()))
    if before is not None:
        query = query.where(col(BrainDump.id) < before)
    return [DumpSummary(*row) for row in await session.execute(query.order_by(col(BrainDump.id).desc()).limit(limit))]


async def discard_dump(session: AsyncSession, dump_id: UUID) -> None:
    """Put a dump away; its text stays in the history. Raises Conflict when it was applied."""
    dump = await find_dump(session, dump_id, lock=True)
    if dump.status not in OPEN:
        raise Conflict("This dump was applied or discarded already.")
    dump.status = BrainDumpStatus.PARSED_AND_DELETED


async def reopen_dump(session: AsyncSession, dump_id: UUID) -> None:
    """Back to the text, to be read again: what was found is dropped.

    Raises Conflict when it was applied or discarded.
    """
    dump = await find_dump(session, dump_id, lock=True)
    if dump.status not in (*OPEN, BrainDumpStatus.UNDONE):
        raise Conflict("This dump was applied or discarded already.")
    await session.execute(sa.delete(Operation).where(col(Operation.brain_dump_id) == dump_id))
    dump.status, dump.ai_summary, dump.error = BrainDumpStatus.PENDING, "", ""
    dump.parsed_results, dump.auto_accept = {"submitted": True}, False
    dump.applied_at = dump.undone_at = None


async def find_dump(session: AsyncSession, dump_id: UUID, *, lock: bool = False) -> BrainDump:
    """The row itself, locked for a change if asked. Raises NotFound."""
    dump = await session.get(BrainDump, dump_id, with_for_update=True if lock else None)
    if dump is None:
        raise NotFound("That dump does not exist, or it is not yours.")
    return dump


def is_submitted() -> sa.ColumnElement[bool]:
    """Was the text sent, so that it is more than a draft?"""
    return col(BrainDump.parsed_results).op("?", is_comparison=True)("submitted")


def _view(dump: BrainDump) -> DumpView:
    return DumpView(
        id=dump.id,
        content=dump.content,
        title=dump.title,
        status=dump.status,
        project_id=dump.project_id,
        summary=dump.ai_summary,
        engine=dump.engine,
        error=dump.error,
        submitted="submitted" in dump.parsed_results,
        parsed_results=dump.parsed_results,
        created_at=dump.created_at,
        auto_accept=dump.auto_accept,
        applied_at=dump.applied_at,
        undone_at=dump.undone_at,
    )
