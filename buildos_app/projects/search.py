"""Finding projects, tasks, notes and dumps by a few letters, in a session of the person."""

import re
from collections.abc import Collection, Iterable
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
NEAR_THE_BEST, LEAST_LIKE = 0.1, 0.6
SHORTEST_MISTYPED = 4
MOST_WORDS = 12
COLUMNS = (sa.column("kind", sa.Text), sa.column("row_id", sa.Uuid), sa.column("score", sa.Float))

_NEAR = sa.text("SELECT wanted, word FROM near_words(:words)").bindparams(
    sa.bindparam("words", type_=sa.ARRAY(sa.Text))
)


@dataclass(frozen=True)
class Hit:
    """Something that fits, with the project that it belongs to; a project has none."""

    kind: Kind
    id: UUID
    title: str
    status: str
    project_id: UUID | None
    project_name: str | None


def words_of(text: str) -> list[str]:
    """The words of what somebody typed, in lower case; the first twelve."""
    return re.findall(r"[^\W_]+", text.lower()[:LONGEST])[:MOST_WORDS]


def prefixes(choices: Iterable[Iterable[str]]) -> str:
    """The beginnings of words as a tsquery, one of each group: "(gard:*) & (timb:* | time:*)"."""
    return " & ".join(f"({' | '.join(f'{word}:*' for word in words)})" for words in choices)


async def search(session: AsyncSession, text: str, *, kinds: Collection[Kind] = tuple(Kind), limit: int) -> list[Hit]:
    """What fits best, first; where nothing does, what fits words that are spelt nearly so.

    Which rows these are, `find_entries` says; what they hold is read under row level security.
    """
    wanted = words_of(text)
    if not wanted:
        return []
    hits = await _find(session, [[word] for word in wanted], " ".join(text[:LONGEST].split()), kinds, limit)
    if hits:
        return hits
    mistyped = [word for word in wanted if len(word) >= SHORTEST_MISTYPED]
    near: dict[str, list[str]] = {word: [] for word in mistyped}
    for word, other in await session.execute(_NEAR, {"words": mistyped}):
        near[word].append(other)
    choices = [nearest(word, near.get(word, [])) for word in wanted]
    if all(words == [word] for words, word in zip(choices, wanted, strict=True)):
        return []
    return await _find(session, choices, " ".join(words[0] for words in choices), kinds, limit)


def nearest(word: str, others: Iterable[str]) -> list[str]:
    """Those that are spelt most like the word or begin so, the best first: letters that changed places count little.
    The word itself where none is like it."""
    ranked = sorted(((_likeness(word, other), other) for other in others), key=lambda pair: (-pair[0], pair[1]))
    return [other for likeness, other in ranked if likeness >= max(ranked[0][0] - NEAR_THE_BEST, LEAST_LIKE)] or [word]


def _likeness(word: str, other: str) -> float:
    return max(SequenceMatcher(None, word, part).ratio() for part in (other, other[: len(word)]))


async def _find(
    session: AsyncSession, choices: list[list[str]], plain: str, kinds: Collection[Kind], limit: int
) -> list[Hit]:
    names = sa.cast(list(kinds), sa.ARRAY(sa.Text))
    found = sa.func.find_entries(prefixes(choices), plain, names, limit).table_valued(*COLUMNS)
    rows = await session.execute(_hits(found).order_by(found.c.score.desc()))
    return [Hit(Kind(row[0]), *row[1:]) for row in rows if row[2] is not None]


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
        sa.select(found.c.kind, found.c.row_id, title, status, project_id, col(home.name))
        .select_from(found)
        .outerjoin(Project, sa.and_(found.c.kind == Kind.PROJECT, col(Project.id) == found.c.row_id))
        .outerjoin(Task, sa.and_(found.c.kind == Kind.TASK, col(Task.id) == found.c.row_id))
        .outerjoin(Note, sa.and_(found.c.kind == Kind.NOTE, col(Note.id) == found.c.row_id))
        .outerjoin(BrainDump, sa.and_(found.c.kind == Kind.DUMP, col(BrainDump.id) == found.c.row_id))
        .outerjoin(home, col(home.id) == project_id)
    )
