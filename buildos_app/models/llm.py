"""What was asked of language models, for whom, and what it added up to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from buildos_app.models.base import Timestamp, new_id, one_of, text_column


class LlmOutcome(StrEnum):
    """How a call ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    INVALID_RESPONSE = "invalid_response"
    CANCELLED = "cancelled"


def _count(kind: Any = sa.Integer) -> Any:
    return Field(default=0, sa_type=kind, nullable=False, sa_column_kwargs={"server_default": "0"})


class LlmCall(SQLModel, table=True):
    """One call of a language model; never changed but to forget its content. The rows that it served may be gone.

    `purpose` is the name of the prompt's class. `request` and `reply` are redacted, and null unless the installation
    keeps contents. Costs are millionths of a dollar. A trigger adds each call to `llm_usage`.
    """

    __tablename__ = "llm_calls"
    __table_args__ = (
        one_of("outcome", LlmOutcome),
        sa.Index("idx_llm_calls_user_id", "user_id", "id"),
        sa.Index("idx_llm_calls_created_at", "created_at"),
        sa.Index("idx_llm_calls_content", "created_at", postgresql_where=sa.text("request IS NOT NULL")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    created_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", nullable=False)
    purpose: str = text_column()
    engine: str = text_column()
    outcome: str = text_column()
    error: str = text_column()
    milliseconds: int = _count()
    requests: int = _count()
    prompt_tokens: int = _count()
    completion_tokens: int = _count()
    cost_micros: int = _count(sa.BigInteger)
    job_id: UUID | None = Field(default=None, nullable=True)
    brain_dump_id: UUID | None = Field(default=None, nullable=True)
    brief_id: UUID | None = Field(default=None, nullable=True)
    request: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    reply: str | None = Field(default=None, sa_type=sa.Text, nullable=True)


class LlmUsage(SQLModel, table=True):
    """The calls of a person's day (UTC) by purpose, model and outcome: what statistics read instead of the calls."""

    __tablename__ = "llm_usage"
    __table_args__ = (sa.Index("idx_llm_usage_day", "day"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    day: date = Field(primary_key=True)
    purpose: str = Field(sa_type=sa.Text, primary_key=True)
    engine: str = Field(sa_type=sa.Text, primary_key=True)
    outcome: str = Field(sa_type=sa.Text, primary_key=True)
    calls: int = _count(sa.BigInteger)
    milliseconds: int = _count(sa.BigInteger)
    prompt_tokens: int = _count(sa.BigInteger)
    completion_tokens: int = _count(sa.BigInteger)
    cost_micros: int = _count(sa.BigInteger)


class LlmDailyCalls(SQLModel, table=True):
    """How many calls a person began on a day (UTC), counted by `count_llm_call` before each."""

    __tablename__ = "llm_daily_calls"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    day: date = Field(primary_key=True)
    calls: int = _count()
