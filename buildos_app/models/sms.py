"""Text messages: what a person wants texted, the phone that they proved, and each message."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from buildos_app.models.base import OwnedRow, Timestamp, moment, one_of, owned, text_column
from buildos_app.models.project import json_object, texts


class SmsStatus(StrEnum):
    """Where a message is. Ours are pending, scheduled, sending and cancelled; the others are what Twilio reports."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    CANCELLED = "cancelled"


class SmsPreferences(OwnedRow, table=True):
    """What a person wants to be texted, and when not; who has no row has the defaults. Times are of their own zone."""

    __tablename__ = "sms_preferences"
    __table_args__ = (
        *owned(),
        sa.UniqueConstraint("user_id"),
        sa.CheckConstraint("daily_limit BETWEEN 0 AND 100", name="daily_limit_in_range"),
        sa.CheckConstraint("lead_minutes BETWEEN 5 AND 60", name="lead_minutes_in_range"),
        sa.CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="quiet_hours_have_both_ends"),
    )

    task_reminders: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    event_reminders: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    brief_ready: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    urgent_alerts: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    morning_kickoff: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    kickoff_time: time = Field(default=time(8), sa_column_kwargs={"server_default": "08:00"})
    evening_recap: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    recap_time: time = Field(default=time(20), sa_column_kwargs={"server_default": "20:00"})
    quiet_start: time | None = Field(default=time(21), sa_column_kwargs={"server_default": "21:00"})
    quiet_end: time | None = Field(default=time(8), sa_column_kwargs={"server_default": "08:00"})
    lead_minutes: int = Field(default=15, sa_column_kwargs={"server_default": sa.text("15")})
    daily_limit: int = Field(default=10, sa_column_kwargs={"server_default": sa.text("10")})


class SmsPhone(OwnedRow, table=True):
    """The phone of a person, written by the service role and by functions only: nobody can call a number proven.

    `pending_number` waits for its code while `number` stays in use. `sent_today` counts for `sent_day`, a day of the
    person's own calendar.
    """

    __tablename__ = "sms_phones"
    __table_args__ = (
        *owned(),
        sa.UniqueConstraint("user_id"),
        sa.Index("idx_sms_phones_number", "number", unique=True, postgresql_where=sa.text("verified_at IS NOT NULL")),
    )

    number: str = text_column()
    verified_at: datetime | None = moment()
    opted_out_at: datetime | None = moment()
    opt_out_reason: str = text_column()
    sent_today: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    sent_day: date | None = None
    pending_number: str = text_column()
    code_sent_at: datetime | None = moment()
    code_tries: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    codes_sent: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    codes_day: date | None = None


class SmsMessage(OwnedRow, table=True):
    """One text message. `subject` are the facts that its text is made of when it goes out.

    `subject_key` is what it is about, once per person. `attempted_at` is set while nobody knows whether Twilio has the
    message: from before it is asked until the answer is saved. `past_sids` are attempts that Twilio could not deliver.
    `ask_at` is when Twilio is asked what became of the message, if it has reported nothing until then.
    """

    __tablename__ = "sms_messages"
    __table_args__ = (
        *owned(),
        one_of("status", SmsStatus),
        sa.UniqueConstraint("user_id", "subject_key"),
        sa.UniqueConstraint("twilio_sid"),
        sa.Index("idx_sms_messages_user", "user_id", "id"),
        sa.Index(
            "idx_sms_messages_waiting",
            "scheduled_for",
            postgresql_where=sa.text("status IN ('pending', 'scheduled', 'sending')"),
        ),
        sa.Index("idx_sms_messages_silent", "ask_at", postgresql_where=sa.text("ask_at IS NOT NULL")),
    )

    kind: str = Field(sa_type=sa.Text)
    number: str = text_column()
    content: str = text_column()
    subject: dict[str, Any] = json_object()
    subject_key: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    status: str = text_column(SmsStatus.PENDING)
    reason: str = text_column()
    priority: str = text_column("normal")
    scheduled_for: datetime = Field(sa_type=Timestamp)
    not_after: datetime | None = moment()
    attempt: int = Field(default=1, sa_column_kwargs={"server_default": sa.text("1")})
    attempted_at: datetime | None = moment()
    is_counted: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    job_id: UUID | None = Field(default=None, nullable=True)
    twilio_sid: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    past_sids: list[str] = texts()
    error_code: int | None = None
    sent_at: datetime | None = moment()
    delivered_at: datetime | None = moment()
    ask_at: datetime | None = moment()


class SmsInbound(SQLModel, table=True):
    """A text that came in and was acted upon, so that it is acted upon once. What it said is not kept."""

    __tablename__ = "sms_inbound"

    message_sid: str = Field(sa_type=sa.Text, primary_key=True)
    received_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
