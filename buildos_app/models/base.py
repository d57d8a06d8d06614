"""What every table shares: a time-ordered key, the person it belongs to, and its two times."""

import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

Timestamp = sa.DateTime(timezone=True)

SQLModel.metadata.naming_convention = {
    "ix": "idx_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): milliseconds first, so that keys sort by age and indexes stay compact."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    """A constraint that keeps a text column inside its enumeration."""
    names = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({names})", name=f"{column}_is_known")


def owned(*references: tuple[str, str, str]) -> Sequence[sa.Constraint]:
    """The constraints of a person's row: (column, table, what a deletion does) for each row that it points to.

    Foreign keys carry the person, because they look past row level security: nobody can hang a row of theirs
    below a row of somebody else.
    """
    return [
        sa.UniqueConstraint("user_id", "id"),
        *(
            sa.ForeignKeyConstraint(["user_id", column], [f"{table}.user_id", f"{table}.id"], ondelete=on_delete)
            for column, table, on_delete in references
        ),
    ]


class Row(SQLModel):
    """A row with a key and two times, kept by the database."""

    id: UUID = Field(default_factory=new_id, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    created_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    updated_at: datetime = Field(
        default=None,
        sa_type=Timestamp,
        nullable=False,
        sa_column_kwargs={"server_default": sa.func.now(), "onupdate": sa.func.now()},
    )


class OwnedRow(Row):
    """A row that belongs to one person; row level security hides it from everybody else."""

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", nullable=False)


def text_column(default: str = "", **arguments: Any) -> Any:
    """A text column that is never null."""
    return Field(
        default=default, sa_type=sa.Text, nullable=False, sa_column_kwargs={"server_default": default}, **arguments
    )


def moment() -> Any:
    """A nullable point in time, stored with its zone."""
    return Field(default=None, sa_type=Timestamp, nullable=True)
