"""What can be found: one entry for each project, task, note and dump, kept by triggers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from buildos_app.models.base import Timestamp


class Kind(StrEnum):
    """What an entry stands for."""

    PROJECT = "project"
    TASK = "task"
    NOTE = "note"
    DUMP = "dump"


class SearchEntry(SQLModel, table=True):
    """Its words, and its title for spelling that is nearly right. It can be made again from the rows at any time."""

    __tablename__ = "search_entries"
    __table_args__ = (
        sa.Index("idx_search_entries_words", "user_id", "words", postgresql_using="gin"),
        sa.Index(
            "idx_search_entries_title",
            "user_id",
            "title",
            postgresql_using="gin",
            postgresql_ops={"title": "gin_trgm_ops"},
        ),
    )

    kind: str = Field(sa_type=sa.Text, primary_key=True)
    row_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", nullable=False)
    title: str = Field(sa_type=sa.Text)
    words: str = Field(sa_type=TSVECTOR)
    changed_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
