"""The log of a person's messages, for their eyes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.sms import SmsMessage


@dataclass(frozen=True)
class MessageView:
    """A message: what it says or is about, where it is, and why it went no further."""

    id: UUID
    kind: str
    content: str
    subject: dict[str, Any]
    status: str
    reason: str
    number: str
    scheduled_for: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime


async def list_messages(session: AsyncSession, *, limit: int, before: UUID | None = None) -> list[MessageView]:
    """The messages of the session's person, the newest first; after the one with the id `before`, if it is given."""
    columns = [getattr(SmsMessage, name) for name in MessageView.__dataclass_fields__]
    query = sa.select(*columns).order_by(col(SmsMessage.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(SmsMessage.id) < before)
    return [MessageView(*row) for row in await session.execute(query)]
