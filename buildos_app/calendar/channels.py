"""Push channels: made by a sync that finds none or one that ends soon, checked before any row is read, stopped."""

import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.account import Account, Sessions
from buildos_app.calendar_port import CalendarClient
from buildos_app.clock import now
from buildos_app.errors import RequestRejected
from buildos_app.models.calendar import Calendar, CalendarChannel
from buildos_app.secrets import is_signed, signature

LIFETIME, RENEW_BEFORE = timedelta(days=7), timedelta(hours=24)
WEBHOOK = "/api/calendar/webhook"
_PURPOSE = "calendar channel"
_WANT = sa.text("SELECT want_calendar_sync(:user_id, :calendar_id)")


def channel_token(channel_id: str) -> str:
    """The secret of a channel: it follows from its id, so that a push is checked without a database."""
    return signature(_PURPOSE, channel_id)


def is_ours(channel_id: str, token: str) -> bool:
    """Did we make this channel?"""
    return is_signed(_PURPOSE, channel_id, token)


async def receive(session: AsyncSession, channel_id: str, resource_id: str, message: int | None) -> bool:
    """A push came, as the service role: want a sync, once per message. False for a channel that is not live."""
    query = sa.select(CalendarChannel).where(
        col(CalendarChannel.channel_id) == channel_id,
        col(CalendarChannel.resource_id) == resource_id,
        col(CalendarChannel.expires_at) > now(),
    )
    channel = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if channel is None:
        return False
    if message is not None and message <= channel.last_message:
        return True
    channel.last_message = message or channel.last_message
    await session.flush()
    await session.execute(_WANT, {"user_id": channel.user_id, "calendar_id": channel.calendar_id})
    return True


async def ensure_channel(
    sessions: Sessions, account: Account, user_id: UUID, calendar: Calendar, base_url: str
) -> bool:
    """Have changes pushed to us for the coming days. Is there a new channel? What happened before it began is pushed by
    nobody, so that the caller has to look once more. Where the provider refuses there is none.

    A new channel is there before the old one is stopped, so that nothing falls between them.
    """
    async with sessions() as session:
        query = sa.select(CalendarChannel).where(col(CalendarChannel.calendar_id) == calendar.id)
        channels = list((await session.execute(query)).scalars())
    if any(each.expires_at > now() + RENEW_BEFORE for each in channels):
        return False
    channel_id = f"channel-{user_id.hex}-{time.time_ns() // 1_000_000}"
    address = f"{base_url}{WEBHOOK}"
    row = CalendarChannel(
        user_id=user_id,
        calendar_id=calendar.id,
        channel_id=channel_id,
        resource_id="",
        expires_at=now() + LIFETIME,
    )
    try:
        watch = await account.call(
            lambda client: client.watch(calendar.remote_id, channel_id, channel_token(channel_id), address, LIFETIME)
        )
    except RequestRejected:
        return False  # polling goes on: the page says so
    row.resource_id, row.expires_at = watch.resource_id, watch.expires_at
    async with sessions() as session:
        session.add(row)
    await stop_channels(sessions, account, channels)
    return True


async def stop_channels(sessions: Sessions, account: Account, channels: list[CalendarChannel]) -> None:
    """Have nothing pushed on these any more; one that is gone already is no error."""
    for channel in channels:
        channel_id, resource_id = channel.channel_id, channel.resource_id
        with suppress(RequestRejected):
            await account.call(partial(_stop, channel_id, resource_id))
        async with sessions() as session:
            await session.execute(sa.delete(CalendarChannel).where(col(CalendarChannel.id) == channel.id))


async def _stop(channel_id: str, resource_id: str, client: CalendarClient) -> None:
    await client.stop(channel_id, resource_id)


async def has_channel(session: AsyncSession) -> bool:
    """Are changes pushed to us now, for each of the calendars that the person chose?"""
    live = sa.select(CalendarChannel).where(
        col(CalendarChannel.calendar_id) == col(Calendar.id), col(CalendarChannel.expires_at) > now()
    )
    query = sa.select(sa.func.bool_and(live.exists())).where(col(Calendar.is_chosen))
    return bool((await session.execute(query)).scalar_one())


async def channels_of(session: AsyncSession, user_id: UUID) -> list[CalendarChannel]:
    """The channels of all of a person's calendars."""
    query = sa.select(CalendarChannel).where(col(CalendarChannel.user_id) == user_id)
    return list((await session.execute(query)).scalars())
