"""What went wrong in the background, for the administrator."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from buildos_app.models.base import Timestamp, moment, text_column


class ErrorLog(SQLModel, table=True):
    """One failure. `message` is redacted and at most 2,000 characters; ids stay when their rows are gone."""

    __tablename__ = "error_logs"
    __table_args__ = (
        sa.Index("idx_error_logs_at", "at"),
        sa.Index("idx_error_logs_open", "id", postgresql_where=sa.text("resolved_at IS NULL")),
    )

    id: int | None = Field(default=None, sa_type=sa.BigInteger, primary_key=True)
    at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    error_type: str = text_column()
    message: str = text_column()
    user_id: UUID | None = Field(default=None, nullable=True)
    job_id: UUID | None = Field(default=None, nullable=True)
    job_type: str = text_column()
    attempt: int | None = None
    outcome: str = text_column()
    resolved_at: datetime | None = moment()
    resolved_by: UUID | None = Field(default=None, nullable=True)
    note: str = text_column()
