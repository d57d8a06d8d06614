"""People, their sessions, and what is counted to slow down those who guess passwords."""

from datetime import datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from buildos_app.models.base import OwnedRow, Row, Timestamp, moment, text_column


class User(Row, table=True):
    """A person. Every column but `email` has a default. `working_days` are ISO weekdays: 1 is Monday, 7 Sunday."""

    __tablename__ = "users"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        sa.Index(
            "idx_users_deletion_due_at", "deletion_due_at", postgresql_where=sa.text("deletion_due_at IS NOT NULL")
        ),
        sa.CheckConstraint("work_end > work_start", name="work_ends_after_it_starts"),
        sa.CheckConstraint("working_days <@ ARRAY[1, 2, 3, 4, 5, 6, 7]", name="working_days_are_iso_days"),
    )

    email: str = Field(sa_type=sa.Text, unique=True)
    email_confirmed_at: datetime | None = moment()
    name: str = text_column()
    bio: str = text_column()
    password_hash: str = text_column()
    timezone: str = text_column("UTC")
    work_start: time = Field(default=time(9), sa_column_kwargs={"server_default": "09:00"})
    work_end: time = Field(default=time(17), sa_column_kwargs={"server_default": "17:00"})
    working_days: list[int] = Field(
        default_factory=lambda: [1, 2, 3, 4, 5],
        sa_type=ARRAY(sa.Integer),
        nullable=False,
        sa_column_kwargs={"server_default": sa.text("'{1,2,3,4,5}'")},
    )
    is_admin: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    completed_onboarding: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    last_visit: datetime | None = moment()
    access_restricted: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    access_restricted_at: datetime | None = moment()
    llm_daily_cap: int | None = None
    deletion_due_at: datetime | None = moment()


class UserSession(OwnedRow, table=True):
    """A browser that is signed in. Only the SHA-256 of its token is stored."""

    __tablename__ = "user_sessions"

    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    user_agent: str = text_column()
    address: str = text_column()
    last_seen_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    expires_at: datetime = Field(sa_type=Timestamp)


class PersonalToken(OwnedRow, table=True):
    """A key to the HTTP routes for a person's own programs. Only its SHA-256 is stored; `hint` is how it begins."""

    __tablename__ = "personal_tokens"
    __table_args__ = (sa.Index("idx_personal_tokens_user_id", "user_id"),)

    name: str = Field(sa_type=sa.Text)
    hint: str = text_column()
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    last_used_at: datetime | None = moment()
    expires_at: datetime | None = moment()


class SignInTry(SQLModel, table=True):
    """One try to sign in, kept as long as it counts against its account and address."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (
        sa.Index("idx_sign_in_tries_key", "key", "tried_at"),
        sa.Index("idx_sign_in_tries_tried_at", "tried_at"),
    )

    id: int | None = Field(default=None, sa_type=sa.BigInteger, primary_key=True)
    key: bytes = Field(sa_type=sa.LargeBinary)
    tried_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )


class AuditEntry(SQLModel, table=True):
    """One use of the service role: who used it, for what, and for whom if it was for one person."""

    __tablename__ = "audit_trail"

    id: int | None = Field(default=None, sa_type=sa.BigInteger, primary_key=True)
    at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    actor: str = text_column()
    reason: str = text_column()
    user_id: UUID | None = Field(default=None, nullable=True)
