"""What a person wants to be told, by kind of news and by channel. Only what they chose is stored."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import InvalidInput
from buildos_app.models.notification import NotificationPreference
from buildos_app.notifications.events import Channel, Event

Choices = dict[tuple[str, str], bool]
"""(event, channel) to what the person chose."""


async def read_choices(session: AsyncSession) -> Choices:
    """All that the person of this session has chosen."""
    columns = (
        col(NotificationPreference.event),
        col(NotificationPreference.channel),
        col(NotificationPreference.is_on),
    )
    return {(event, channel): is_on for event, channel, is_on in await session.execute(sa.select(*columns))}


def is_wanted(choices: Choices, event: str, channel: Channel) -> bool:
    """Does the person with these choices want this news this way?"""
    return choices.get((event, channel), channel.is_on_by_default)


async def wants(session: AsyncSession, event: type[Event], channel: Channel) -> bool:
    """As `is_wanted`, for the person of this session; for jobs that mail or text."""
    return is_wanted(await read_choices(session), event.event, channel)


async def choose(session: AsyncSession, user_id: UUID, event: str, channel: str, *, is_on: bool) -> None:
    """Store one choice. Raises InvalidInput for news that does not exist or is not told that way."""
    kind = Event.kinds.get(event)
    if kind is None or channel not in kind.channels:
        raise InvalidInput("This kind of news cannot be told that way. Load the page again.")
    choice = {"user_id": user_id, "event": event, "channel": channel, "is_on": is_on}
    statement = insert(NotificationPreference).values(choice)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "event", "channel"], set_={"is_on": is_on, "updated_at": now()}
        )
    )
