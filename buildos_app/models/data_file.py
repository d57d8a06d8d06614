"""Files of a person's own data: an export that waits to be fetched, an import that waits to be read."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, Timestamp, one_of, text_column
from buildos_app.models.project import json_object


class DataFileKind(StrEnum):
    """Which way the data goes."""

    EXPORT = "export"
    IMPORT = "import"


class DataFile(OwnedRow, table=True):
    """A zip and what is in it, by table; deleted once it expires.

    It is in the database, because the worker that writes it and the web process may be on different machines.
    """

    __tablename__ = "data_files"
    __table_args__ = (one_of("kind", DataFileKind), sa.Index("idx_data_files_user_id", "user_id", "id"))

    kind: str = text_column()
    name: str = text_column()
    content: bytes = Field(sa_type=sa.LargeBinary)
    size: int = Field(default=0, sa_type=sa.BigInteger, nullable=False, sa_column_kwargs={"server_default": "0"})
    counts: dict[str, Any] = json_object()
    expires_at: datetime = Field(sa_type=Timestamp)
