"""Finding projects, tasks, notes and dumps by a few letters, in a session of the person."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.project import Note, Project, Task
from buildos_app.models.search import Kind

LONGEST = 200
EXACT = 1.0
NEAR_THE_BEST, LEAST_LIKE = 0.1, 0.6
MOST_WORDS = 12


@dataclass(frozen=True)
class Hit:
    """Something that fits, with the project that it belongs to; a project has none."""

    kind: Kind
    id: UUID
    title: str
    status: str
    project_id: UUID | None
    project_name: str | None


def prefixes(text: str) -> str:
    """The beginnings of words as a tsquery: "gard timb" is "gard:* & timb:*"; empty when there is no word."""
    words = re.findall(r"[^\W_]+", text.lower()[:LONGEST])[:MOST_WORDS]
    return " & ".join(f"{word}:*" for word in words)


async def search(session: AsyncSession, text: str, *, kinds: Collection[Kind] = tuple(Kind), limit: int) -> list[Hit]:
    """What fits best, first. Which rows these are, `find_entries` says; what they hold is read under row level
    security."""
    wanted = prefixes(text)
    if not wanted:
        return []
    columns = (sa.column("kind", sa.Text), sa.column("row_id", sa.Uuid), sa.column("score", sa.Float))
    plain = " ".join(text[:LONGEST].split())
    found = sa.func.find_entries(wanted, plain, sa.cast(list(kinds), sa.ARRAY(sa.Text)), limit).table_valued(*columns)
    rows = await session.execute(_hits(found).order_by(found.c.score.desc()))
    hits = [(Hit(Kind(row[0]), *row[1:-1]), row[-1]) for row in rows if row[2] is not None]
    if any(score >= EXACT for _, score in hits):
        return [hit for hit, _ in hits]
    return nearest(plain, [hit for hit, _ in hits])[:limit]


def nearest(text: str, hits: list[Hit]) -> list[Hit]:
    """Those whose words are spelt most like the text's, the best first: letters that changed places count little."""
    ranked = sorted(((_likeness(text, hit.title), hit) for hit in hits), key=lambda pair: -pair[0])
    return [hit for likeness, hit in ranked if likeness >= max(ranked[0][0] - NEAR_THE_BEST, LEAST_LIKE)]


def _likeness(text: str, title: str) -> float:
    words = re.findall(r"[^\W_]+", title.lower())
    wanted = re.findall(r"[^\W_]+", text.lower())
    best = (max((SequenceMatcher(None, want, word).ratio() for word in words), default=0.0) for want in wanted)
    return sum(best) / max(len(wanted), 1)


def _hits(found: Any) -> sa.Select[Any]:
    home = sa.orm.aliased(Project)
    title = sa.func.coalesce(
        col(Project.name),
        col(Task.title),
        *(
            sa.func.coalesce(sa.func.nullif(col(row.title), ""), sa.func.left(col(row.content), 80))
            for row in (Note, BrainDump)
        ),
    )
    project_id = sa.func.coalesce(col(Task.project_id), col(Note.project_id), col(BrainDump.project_id))
    status = sa.func.coalesce(col(Project.status), col(Task.status), col(BrainDump.status), "")
    return (
        sa.select(found.c.kind, found.c.row_id, title, status, project_id, col(home.name), found.c.score)
        .select_from(found)
        .outerjoin(Project, sa.and_(found.c.kind == Kind.PROJECT, col(Project.id) == found.c.row_id))
        .outerjoin(Task, sa.and_(found.c.kind == Kind.TASK, col(Task.id) == found.c.row_id))
        .outerjoin(Note, sa.and_(found.c.kind == Kind.NOTE, col(Note.id) == found.c.row_id))
        .outerjoin(BrainDump, sa.and_(found.c.kind == Kind.DUMP, col(BrainDump.id) == found.c.row_id))
        .outerjoin(home, col(home.id) == project_id)
    )
