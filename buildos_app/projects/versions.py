"""What a project said before: its versions, and what one changed against the one before it."""

import difflib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import NotFound
from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.project import ProjectVersion
from buildos_app.projects.history import CAUSE


@dataclass(frozen=True)
class Difference:
    """A field that changed: the lines that went and the lines that came."""

    field: str
    removed: list[str]
    added: list[str]


@dataclass(frozen=True)
class Version:
    """A version and what it changed. `dump_id` and `dump_title` name the dump that caused it, if one did."""

    number: int
    at: datetime
    differences: list[Difference]
    dump_id: UUID | None
    dump_title: str


async def list_versions(session: AsyncSession, project_id: UUID, *, limit: int = 20) -> list[Version]:
    """The newest versions, each compared with its neighbour, in one query; empty while nothing was changed."""
    dump = sa.func.concat(CAUSE, sa.cast(col(BrainDump.id), sa.Text)) == col(ProjectVersion.cause)
    title = sa.func.coalesce(sa.func.nullif(col(BrainDump.title), ""), sa.func.left(col(BrainDump.content), 80), "")
    query = (
        sa.select(col(ProjectVersion.version), col(ProjectVersion.created_at), col(ProjectVersion.data))
        .add_columns(col(BrainDump.id), title)
        .outerjoin(BrainDump, dump)
        .where(col(ProjectVersion.project_id) == project_id)
        .order_by(col(ProjectVersion.version).desc())
        .limit(limit + 1)
    )
    rows = list(await session.execute(query))
    older = [*(row[2] for row in rows[1:]), None][: len(rows)]
    versions = [
        Version(number, at, compare(before, data) if before is not None else [], dump_id, dump_title)
        for (number, at, data, dump_id, dump_title), before in zip(rows, older, strict=True)
    ]
    return versions[:limit]


async def get_version_data(session: AsyncSession, project_id: UUID, number: int) -> dict[str, Any]:
    """The fields of one version. Raises NotFound."""
    query = sa.select(col(ProjectVersion.data)).where(
        col(ProjectVersion.project_id) == project_id, col(ProjectVersion.version) == number
    )
    data: dict[str, Any] | None = (await session.execute(query)).scalar_one_or_none()
    if data is None:
        raise NotFound("That version is no longer kept.")
    return data


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """What changed between two versions, field by field; of long texts only the lines that changed."""
    differences = []
    for field in sorted({*before, *after}):
        old, new = _lines(before.get(field)), _lines(after.get(field))
        if old != new:
            marked = list(difflib.ndiff(old, new))
            removed = [line[2:] for line in marked if line.startswith("- ")]
            added = [line[2:] for line in marked if line.startswith("+ ")]
            differences.append(Difference(field.replace("_", " "), removed, added))
    return differences


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return [line for line in text.splitlines() if line.strip()]
