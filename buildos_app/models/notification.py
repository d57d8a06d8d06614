"""News for one person: event and entry of the list in one; and what they want to be told."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, moment
from buildos_app.models.project import json_object


class Notification(OwnedRow, table=True):
    """Something that happened, for one person. `seq` orders them and is the cursor of a tab's toasts."""

    __tablename__ = "notifications"
    __table_args__ = (
        sa.Index("idx_notifications_user_seq", "user_id", "seq"),
        sa.Index(
            "idx_notifications_unread",
            "user_id",
            "expires_at",
            postgresql_where=sa.text("read_at IS NULL AND dismissed_at IS NULL"),
        ),
    )

    seq: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True)
    )
    event: str = Field(sa_type=sa.Text)
    payload: dict[str, Any] = json_object()
    read_at: datetime | None = moment()
    dismissed_at: datetime | None = moment()
    expires_at: datetime | None = moment()


class NotificationPreference(OwnedRow, table=True):
    """One choice of a person about one kind of news on one channel; without a row the channel's default holds."""

    __tablename__ = "notification_preferences"
    __table_args__ = (sa.UniqueConstraint("user_id", "event", "channel"),)

    event: str = Field(sa_type=sa.Text)
    channel: str = Field(sa_type=sa.Text)
    is_on: bool
