"""The files of a person's exports and imports."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import NotFound
from buildos_app.models.data_file import DataFile, DataFileKind

KEEP = timedelta(days=7)


@dataclass(frozen=True)
class FileView:
    """A file without its content."""

    id: UUID
    kind: str
    name: str
    size: int
    counts: dict[str, Any]
    created_at: datetime
    expires_at: datetime


async def save_file(
    session: AsyncSession, user_id: UUID, kind: DataFileKind, name: str, content: bytes, counts: dict[str, int]
) -> UUID:
    """Keep a file for seven days; an older one of its kind goes."""
    await session.execute(sa.delete(DataFile).where(col(DataFile.user_id) == user_id, col(DataFile.kind) == kind.value))
    file = DataFile(
        user_id=user_id,
        kind=kind,
        name=name,
        content=content,
        size=len(content),
        counts=counts,
        expires_at=now() + KEEP,
    )
    session.add(file)
    await session.flush()
    return file.id


async def find_export(session: AsyncSession, user_id: UUID) -> FileView | None:
    """The person's export, if there is one that has not expired."""
    columns = [getattr(DataFile, name) for name in FileView.__dataclass_fields__]
    query = sa.select(*columns).where(
        col(DataFile.user_id) == user_id,
        col(DataFile.kind) == DataFileKind.EXPORT.value,
        col(DataFile.expires_at) > sa.func.now(),
    )
    row = (await session.execute(query.order_by(col(DataFile.id).desc()).limit(1))).one_or_none()
    return FileView(*row) if row else None


async def read_file(session: AsyncSession, file_id: UUID) -> tuple[str, bytes]:
    """A file's name and content. Raises NotFound when it is gone or somebody else's."""
    query = sa.select(col(DataFile.name), col(DataFile.content)).where(
        col(DataFile.id) == file_id, col(DataFile.expires_at) > sa.func.now()
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("This file is not here any more. Make a new export.")
    return row[0], row[1]


async def delete_file(session: AsyncSession, file_id: UUID) -> None:
    """Drop a file that was read."""
    await session.execute(sa.delete(DataFile).where(col(DataFile.id) == file_id))
