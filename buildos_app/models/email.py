"""Mail that was sent or will be, and the tokens that mail carries."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, Timestamp, moment, one_of, owned, text_column


class EmailKind(StrEnum):
    """What a mail is about."""

    DAILY_BRIEF = "daily_brief"
    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"
    CONFIRM_CHANGE = "confirm_change"


class EmailStatus(StrEnum):
    """What became of it; only a pending mail is ever sent."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Email(OwnedRow, table=True):
    """One mail to one person. `message_id` is its own for ever, however often it has to be tried.

    `number` counts the mails about one brief: 0 is the one that follows it by itself, the others were asked for.
    """

    __tablename__ = "emails"
    __table_args__ = (
        *owned(("daily_brief_id", "daily_briefs", "SET NULL (daily_brief_id)")),
        one_of("kind", EmailKind),
        one_of("status", EmailStatus),
        sa.UniqueConstraint("user_id", "brief_date", "number"),
        sa.Index("idx_emails_user_created", "user_id", "created_at"),
    )

    kind: str = Field(sa_type=sa.Text)
    status: str = text_column(EmailStatus.PENDING)
    recipient: str = text_column()
    message_id: str = Field(sa_type=sa.Text, unique=True)
    daily_brief_id: UUID | None = Field(default=None, nullable=True)
    brief_date: date | None = None
    number: int | None = None
    error: str = text_column()
    sent_at: datetime | None = moment()
    tracking_id: UUID | None = Field(default=None, nullable=True, unique=True)
    opened_at: datetime | None = moment()
    open_count: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    last_opened_at: datetime | None = moment()


class AccountToken(OwnedRow, table=True):
    """Proof that a person reads an address, or may choose a new password. Only the SHA-256 of the token is stored."""

    __tablename__ = "account_tokens"
    __table_args__ = (
        one_of("purpose", EmailKind),
        sa.Index("idx_account_tokens_user_id", "user_id"),
    )

    purpose: str = Field(sa_type=sa.Text)
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    email: str = text_column()
    expires_at: datetime = Field(sa_type=Timestamp)
    used_at: datetime | None = moment()
