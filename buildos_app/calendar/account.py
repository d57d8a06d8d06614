"""A person's access to their calendars: sealed tokens, a fresh one for each call, and the end of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar_port import CalendarClient, CalendarProvider, Grant, TokenExpired
from buildos_app.clock import now
from buildos_app.errors import AccessRevoked, ServiceUnavailable
from buildos_app.models.calendar import CalendarConnection, ConnectionStatus
from buildos_app.notifications.events import CalendarAccessLost
from buildos_app.notifications.notify import notify
from buildos_app.secrets import seal, unseal

EARLY = timedelta(minutes=5)
"""A token is renewed when it has less than this left (behaviour.md 4.1)."""
LEASE = timedelta(seconds=60)
LOOK_AGAIN_SECONDS, LOOKS = 0.25, 240
RECONNECT = "Google no longer lets BuildOS in. Connect again."

Answer = TypeVar("Answer")
Sessions = Callable[[], AbstractAsyncContextManager[AsyncSession]]


class Account:
    """Calls the provider as one person. A context manager; no transaction is open while it asks."""

    def __init__(self, sessions: Sessions, user_id: UUID, provider: CalendarProvider) -> None:
        self._sessions, self._user_id, self._provider = sessions, user_id, provider
        self._client: CalendarClient | None = None
        self._version, self._fresh_until = 0, now()

    async def __aenter__(self) -> "Account":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.close()

    @property
    def skew(self) -> timedelta:
        """How far the provider's clock is ahead of ours."""
        return self._client.skew if self._client else timedelta()

    async def call(self, ask: Callable[[CalendarClient], Awaitable[Answer]]) -> Answer:
        """What the provider answers; a token that ran out is renewed once.

        Raises AccessRevoked, after the person was told, and what the client raises.
        """
        try:
            try:
                return await ask(await self._connected())
            except TokenExpired:
                return await ask(await self._connected(stale=self._version))
        except TokenExpired:
            await lose_access(self._sessions, self._user_id)
            raise AccessRevoked(RECONNECT) from None
        except AccessRevoked:
            await lose_access(self._sessions, self._user_id)
            raise

    async def _connected(self, stale: int = 0) -> CalendarClient:
        if self._client is not None and not stale and self._fresh_until > now():
            return self._client
        found = await fresh_token(self._sessions, self._user_id, self._provider, stale=stale)
        self._fresh_until = found.expires_at - EARLY
        if self._client is None or found.version != self._version:
            if self._client is not None:
                await self._client.close()
            self._client, self._version = self._provider.client(found.token), found.version
        return self._client


class Fresh(NamedTuple):
    """An access token, its version, and when it runs out."""

    token: str
    version: int
    expires_at: datetime


async def fresh_token(sessions: Sessions, user_id: UUID, provider: CalendarProvider, *, stale: int = 0) -> Fresh:
    """An access token with some minutes left, newer than version `stale`.

    One of all processes renews it, by a lease that ends by itself; the others wait for its result.
    Raises AccessRevoked, ServiceUnavailable.
    """
    for _ in range(LOOKS):
        async with sessions() as session:
            row = await _connection(session, user_id)
            access, refresh = open_grant(row)
            if row.version > stale and row.expires_at > now() + EARLY:
                return Fresh(access, row.version, row.expires_at)
            ours = await _begin_refresh(session, user_id, row.version)
        if ours:
            return await _refresh(sessions, user_id, provider, refresh, row.version)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    raise ServiceUnavailable("Google gave no new access in time.")


async def lose_access(sessions: Sessions, user_id: UUID) -> None:
    """Remember that the grant is gone, and tell the person, once."""
    async with sessions() as session:
        lost = (
            sa.update(CalendarConnection)
            .where(
                col(CalendarConnection.user_id) == user_id,
                col(CalendarConnection.status) == ConnectionStatus.CONNECTED,
            )
            .values(status=ConnectionStatus.REVOKED, error=RECONNECT, refreshing_until=None)
            .returning(col(CalendarConnection.email))
        )
        email = (await session.execute(lost)).scalar_one_or_none()
        if email is not None:
            notify(session, user_id, CalendarAccessLost(email=email))


def seal_grant(user_id: UUID, access_token: str, refresh_token: str) -> bytes:
    """Both tokens, encrypted for their owner."""
    return seal(user_id, json.dumps([access_token, refresh_token]))


def open_grant(row: CalendarConnection) -> tuple[str, str]:
    """The access and the refresh token. Raises AccessRevoked when no key opens them."""
    opened = unseal(row.user_id, row.grant_sealed)
    if opened is None:
        raise AccessRevoked(RECONNECT)
    access, refresh = json.loads(opened)
    return access, refresh


async def _connection(session: AsyncSession, user_id: UUID) -> CalendarConnection:
    own = col(CalendarConnection.user_id) == user_id
    query = sa.select(CalendarConnection).where(own).execution_options(populate_existing=True)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None or row.status == ConnectionStatus.REVOKED:
        raise AccessRevoked(RECONNECT)
    return row


async def _begin_refresh(session: AsyncSession, user_id: UUID, version: int) -> bool:
    lease = (
        sa.update(CalendarConnection)
        .where(
            col(CalendarConnection.user_id) == user_id,
            col(CalendarConnection.version) == version,
            sa.or_(
                col(CalendarConnection.refreshing_until).is_(None), col(CalendarConnection.refreshing_until) < now()
            ),
        )
        .values(refreshing_until=now() + LEASE)
        .returning(col(CalendarConnection.id))
    )
    return (await session.execute(lease)).scalar_one_or_none() is not None


async def _refresh(
    sessions: Sessions, user_id: UUID, provider: CalendarProvider, refresh_token: str, version: int
) -> Fresh:
    if not refresh_token:
        await lose_access(sessions, user_id)
        raise AccessRevoked(RECONNECT)
    try:
        grant = await provider.refresh(refresh_token)
    except ServiceUnavailable:
        await _save(sessions, user_id, version, refreshing_until=None)
        raise
    except AccessRevoked:
        await lose_access(sessions, user_id)
        raise
    await _save(sessions, user_id, version, **_renewed(user_id, grant, refresh_token), version=version + 1)
    return Fresh(grant.access_token, version + 1, grant.expires_at)


def _renewed(user_id: UUID, grant: Grant, refresh_token: str) -> dict[str, object]:
    sealed = seal_grant(user_id, grant.access_token, grant.refresh_token or refresh_token)
    return {"grant_sealed": sealed, "expires_at": grant.expires_at, "refreshing_until": None}


async def _save(sessions: Sessions, user_id: UUID, of_version: int, **values: object) -> None:
    same = (col(CalendarConnection.user_id) == user_id, col(CalendarConnection.version) == of_version)
    async with sessions() as session:
        await session.execute(sa.update(CalendarConnection).where(*same).values(**values))
