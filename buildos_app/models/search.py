"""What can be found: one entry for each project, task, note and dump, and all their words; kept by triggers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from buildos_app.models.base import Timestamp, new_id


class Kind(StrEnum):
    """What an entry stands for."""

    PROJECT = "project"
    TASK = "task"
    NOTE = "note"
    DUMP = "dump"


class SearchEntry(SQLModel, table=True):
    """Its title and its words. It can be made again from the rows at any time."""

    __tablename__ = "search_entries"
    __table_args__ = (sa.Index("idx_search_entries_words", "user_id", "words", postgresql_using="gin"),)

    kind: str = Field(sa_type=sa.Text, primary_key=True)
    row_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", nullable=False)
    title: str = Field(sa_type=sa.Text)
    words: str = Field(sa_type=TSVECTOR)
    changed_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )


class SearchWord(SQLModel, table=True):
    """A word that a person's entries have. No key forbids it twice: transactions that write the same words in another
    order would then wait for each other."""

    __tablename__ = "search_words"
    __table_args__ = (
        sa.Index("idx_search_words_word", "user_id", "word"),
        sa.Index(
            "idx_search_words_near",
            "user_id",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", nullable=False)
    word: str = Field(sa_type=sa.Text)
