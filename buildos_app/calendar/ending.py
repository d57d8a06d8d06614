"""The end of a connection: channels stopped, the grant revoked, everything about the account forgotten."""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.account import Account, Sessions, open_grant
from buildos_app.calendar.channels import channels_of, stop_channels
from buildos_app.calendar.connect import NOT_CONNECTED
from buildos_app.calendar_port import CalendarClient, CalendarProvider
from buildos_app.db.session import user_session
from buildos_app.errors import AccessRevoked, IntegrationError, NotFound, RequestRejected
from buildos_app.models.calendar import Calendar, CalendarConnection, CalendarLink, ConnectionStatus

logger = logging.getLogger(__name__)

LONGEST_SECONDS = 20.0
"""How long the end of an account waits for the provider, for each thing it has to say there."""


async def begin_ending(session: AsyncSession, user_id: UUID) -> None:
    """From now on nothing syncs any more; a job takes the connection down. Raises NotFound."""
    ending = (
        sa.update(CalendarConnection)
        .where(col(CalendarConnection.user_id) == user_id)
        .values(status=ConnectionStatus.ENDING)
        .returning(col(CalendarConnection.id))
    )
    if (await session.execute(ending)).scalar_one_or_none() is None:
        raise NotFound(NOT_CONNECTED)


async def end_connection(sessions: Sessions, user_id: UUID, provider: CalendarProvider, *, remove: bool) -> None:
    """Stop the channels, remove the events if that was asked for, revoke the grant, forget the rest.

    Raises ServiceUnavailable.
    """
    with suppress(AccessRevoked):  # nothing can be asked for any more; what is here goes all the same
        await _clear_there(sessions, user_id, provider, remove=remove)
    await _take_down(sessions, user_id, provider)


async def say_goodbye(user_id: UUID, provider: CalendarProvider) -> None:
    """Before an account is deleted: channels stopped and the grant revoked, as far as the provider answers. What it
    does not do now is no reason to keep a person's data: channels end within a week."""
    sessions = partial(user_session, user_id)
    await _try(_clear_there(sessions, user_id, provider, remove=False))
    await _try(_take_down(sessions, user_id, provider))


async def _try(said: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await said
    except (TimeoutError, IntegrationError) as error:
        logger.warning("the calendar provider was not told of the end of an account: %s", error)


async def _clear_there(sessions: Sessions, user_id: UUID, provider: CalendarProvider, *, remove: bool) -> None:
    async with sessions() as session:
        channels = await channels_of(session, user_id)
        events = await _events_to_remove(session, user_id) if remove else []
    async with Account(sessions, user_id, provider) as account:
        await stop_channels(sessions, account, channels)
        for remote_id, event_id in events:
            await _remove(account, remote_id, event_id)


async def _remove(account: Account, remote_id: str, event_id: str) -> None:
    async def ask(client: CalendarClient) -> None:
        await client.delete(remote_id, event_id, "")

    with suppress(RequestRejected):
        await account.call(ask)


async def _events_to_remove(session: AsyncSession, user_id: UUID) -> list[tuple[str, str]]:
    query = sa.select(col(Calendar.remote_id), col(CalendarLink.event_id)).join(
        Calendar, col(Calendar.id) == col(CalendarLink.calendar_id)
    )
    standing = query.where(col(CalendarLink.user_id) == user_id, col(CalendarLink.etag) != "")
    return [(row[0], row[1]) for row in await session.execute(standing)]


async def _take_down(sessions: Sessions, user_id: UUID, provider: CalendarProvider) -> None:
    """Revoke the grant, and forget everything about the account whatever the provider says to that."""
    own = col(CalendarConnection.user_id) == user_id
    async with sessions() as session:
        row = (await session.execute(sa.select(CalendarConnection).where(own))).scalar_one_or_none()
    if row is None:
        return
    with suppress(IntegrationError):
        access, refresh = open_grant(row)
        await provider.revoke(refresh or access)
    async with sessions() as session:
        await session.execute(sa.delete(Calendar).where(col(Calendar.user_id) == user_id))
        await session.execute(sa.delete(CalendarConnection).where(own))
