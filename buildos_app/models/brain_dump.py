"""What a person wrote down in one go, and the operations that were proposed from it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, moment, one_of, owned, text_column
from buildos_app.models.project import json_object, texts


class BrainDumpStatus(StrEnum):
    """pending: text only. parsed: operations wait for review. saved: applied. undone: applied, then taken back."""

    PENDING = "pending"
    PARSED = "parsed"
    SAVED = "saved"
    PARSED_AND_DELETED = "parsed_and_deleted"
    UNDONE = "undone"


class QuestionStatus(StrEnum):
    """Where a question stands."""

    ACTIVE = "active"
    ANSWERED = "answered"
    SKIPPED = "skipped"


class OperationKind(StrEnum):
    """What an operation does; a dump never deletes."""

    CREATE = "create"
    UPDATE = "update"


class OperationTable(StrEnum):
    """What an operation may touch."""

    PROJECTS = "projects"
    TASKS = "tasks"
    NOTES = "notes"


class BrainDump(OwnedRow, table=True):
    """The text as it was written, and what was understood of it.

    `wants_new_project`: it belongs to no project that is there already. `auto_accept`: the person wants it applied
    without a look where that is safe.
    """

    __tablename__ = "brain_dumps"
    __table_args__ = (
        *owned(("project_id", "projects", "SET NULL (project_id)")),
        one_of("status", BrainDumpStatus),
        sa.Index("idx_brain_dumps_user_created", "user_id", "created_at"),
    )

    project_id: UUID | None = Field(default=None, nullable=True)
    content: str = text_column()
    title: str = text_column()
    status: str = text_column(BrainDumpStatus.PENDING)
    ai_summary: str = text_column()
    ai_insights: str = text_column()
    parsed_results: dict[str, Any] = json_object()
    tags: list[str] = texts()
    engine: str = text_column()
    error: str = text_column()
    wants_new_project: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    auto_accept: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    submitted_at: datetime | None = moment()
    applied_at: datetime | None = moment()
    undone_at: datetime | None = moment()


class Operation(OwnedRow, table=True):
    """One proposed change, and the words of the dump that it comes from.

    `quote` is `content[span_start:span_end]` of the dump, counted in Python characters; an operation that was
    inferred has an empty quote. `result`, once applied: the row's `id`, its fields `before` (of an update) and `after`.
    """

    __tablename__ = "brain_dump_operations"
    __table_args__ = (
        *owned(("brain_dump_id", "brain_dumps", "CASCADE")),
        one_of("target", OperationTable),
        one_of("operation", OperationKind),
        sa.UniqueConstraint("brain_dump_id", "position"),
    )

    brain_dump_id: UUID
    position: int
    target: str = Field(sa_type=sa.Text)
    operation: str = text_column(OperationKind.CREATE)
    data: dict[str, Any] = json_object()
    ref: str = text_column()
    row_id: UUID | None = Field(default=None, nullable=True)
    quote: str = text_column()
    span_start: int | None = None
    span_end: int | None = None
    enabled: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    error: str = text_column()
    reasoning: str = text_column()
    result: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True), nullable=True)


class Question(OwnedRow, table=True):
    """Something that a dump left open; it is put to the person with their next dump, and closed by its answer."""

    __tablename__ = "brain_dump_questions"
    __table_args__ = (
        *owned(
            ("project_id", "projects", "CASCADE"),
            ("brain_dump_id", "brain_dumps", "SET NULL (brain_dump_id)"),
            ("answer_brain_dump_id", "brain_dumps", "SET NULL (answer_brain_dump_id)"),
        ),
        one_of("status", QuestionStatus),
        sa.CheckConstraint("char_length(question) BETWEEN 1 AND 500", name="question_length"),
        sa.Index("idx_brain_dump_questions_user_status", "user_id", "status"),
    )

    project_id: UUID | None = Field(default=None, nullable=True)
    brain_dump_id: UUID | None = Field(default=None, nullable=True)
    question: str = Field(sa_type=sa.Text)
    category: str = text_column()
    status: str = text_column(QuestionStatus.ACTIVE)
    shown_count: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    answer: str = text_column()
    answered_at: datetime | None = moment()
    answer_brain_dump_id: UUID | None = Field(default=None, nullable=True)
