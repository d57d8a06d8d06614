"""Connecting an account, and choosing among its calendars."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.account import Sessions, open_grant, seal_grant
from buildos_app.calendar_port import CalendarProvider, Grant, RemoteCalendar
from buildos_app.clock import now
from buildos_app.errors import Conflict, IntegrationError, InvalidInput, NotFound, NotPermitted
from buildos_app.models.base import new_id
from buildos_app.models.calendar import (
    Calendar,
    CalendarConnection,
    CalendarLink,
    CalendarSignIn,
    ConnectionStatus,
    LinkStatus,
    ProjectCalendar,
)
from buildos_app.models.project import Project, Task
from buildos_app.secrets import seal, unseal

LIFETIME = timedelta(minutes=10)
MOST_OPEN = 20
CALLBACK = "/api/calendar/callback"
NOT_CONNECTED = "No calendar is connected. Connect one in the settings."

_WANT = sa.text("SELECT want_calendar_sync(:user_id)")
_FACTS = ("name", "color", "time_zone", "is_primary", "is_writable")
"""Of a calendar: what its provider says of it."""


@dataclass(frozen=True)
class CalendarView:
    """A calendar as its person sees it."""

    id: UUID
    name: str
    color: str
    is_primary: bool
    is_writable: bool
    is_chosen: bool
    last_synced_at: datetime | None
    error: str
    held: dict[str, object]


@dataclass(frozen=True)
class ConnectionView:
    """A connection without its tokens."""

    email: str
    status: str
    auto_schedule: bool
    error: str
    created_at: datetime


async def begin(
    session: AsyncSession, user_id: UUID, session_hash: bytes, provider: CalendarProvider, redirect_uri: str
) -> str:
    """The address of the consent page, for this browser session, once and for ten minutes."""
    own = col(CalendarSignIn.user_id) == user_id
    await session.execute(sa.delete(CalendarSignIn).where(own, col(CalendarSignIn.expires_at) <= now()))
    count = (await session.execute(sa.select(sa.func.count()).select_from(CalendarSignIn))).scalar_one()
    if count >= MOST_OPEN:
        raise Conflict("Too many sign-ins are open. Wait ten minutes, then try again.")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    email = (await session.execute(sa.select(col(CalendarConnection.email)))).scalar_one_or_none() or ""
    session.add(
        CalendarSignIn(
            user_id=user_id,
            state_hash=_hash(state),
            session_hash=session_hash,
            verifier_sealed=seal(user_id, verifier),
            expires_at=now() + LIFETIME,
        )
    )
    await session.flush()
    return provider.consent_url(state, verifier, redirect_uri, email)


async def claim_state(session: AsyncSession, user_id: UUID, session_hash: bytes, state: str) -> str:
    """Use a state up and return its verifier.

    Raises NotPermitted for one that is unknown, used, too old, or of another browser session; committed all the same.
    """
    mine = (col(CalendarSignIn.user_id) == user_id, col(CalendarSignIn.state_hash) == _hash(state))
    used = sa.delete(CalendarSignIn).where(*mine).returning(CalendarSignIn)
    row = (await session.execute(used)).scalar_one_or_none()
    if row is None or row.expires_at <= now() or not hmac.compare_digest(row.session_hash, session_hash):
        return ""
    return unseal(user_id, row.verifier_sealed) or ""


async def finish(
    sessions: Sessions,
    user_id: UUID,
    session_hash: bytes,
    provider: CalendarProvider,
    *,
    state: str,
    code: str,
    redirect_uri: str,
) -> str:
    """The person came back from the consent page with a yes; the address of the account that is connected now.

    Raises NotPermitted for a state that is no good, and what the provider raises.
    """
    async with sessions() as session:
        verifier = await claim_state(session, user_id, session_hash, state)
    if not verifier or not code:
        raise NotPermitted("This sign-in is too old, or was not begun here. Connect again.")
    grant = await provider.exchange(code, verifier, redirect_uri)
    client = provider.client(grant.access_token)
    try:
        calendars = await client.calendars()
        email = next((each.id for each in calendars if each.is_primary and "@" in each.id), "")
        with suppress(IntegrationError):  # the connection is worth more than the address it is shown by
            email = await client.email() or email
    finally:
        await client.close()
    async with sessions() as session:
        await _save(session, user_id, email, grant)
        await save_calendars(session, user_id, calendars)
        await session.execute(_WANT, {"user_id": user_id})
    return email


async def get_connection(session: AsyncSession) -> ConnectionView | None:
    """The person's connection, if there is one."""
    columns = [getattr(CalendarConnection, name) for name in ConnectionView.__dataclass_fields__]
    row = (await session.execute(sa.select(*columns))).one_or_none()
    return ConnectionView(*row) if row else None


async def list_calendars(session: AsyncSession) -> list[CalendarView]:
    """The calendars of the account, the main one first."""
    columns = [getattr(Calendar, name) for name in CalendarView.__dataclass_fields__]
    query = sa.select(*columns).order_by(col(Calendar.is_primary).desc(), sa.func.lower(col(Calendar.name)))
    return [CalendarView(*row) for row in await session.execute(query)]


async def save_calendars(session: AsyncSession, user_id: UUID, calendars: list[RemoteCalendar]) -> None:
    """Keep the list as the provider has it; the main calendar is chosen to begin with."""
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "remote_id": each.id,
            "is_chosen": each.is_primary,
            "name": each.name[:200],
            "color": each.color,
            "time_zone": each.time_zone,
            "is_primary": each.is_primary,
            "is_writable": each.is_writable,
        }
        for each in {each.id: each for each in calendars}.values()
    ]
    if rows:
        statement = insert(Calendar).values(rows)
        facts = {name: statement.excluded[name] for name in _FACTS}
        await session.execute(statement.on_conflict_do_update(index_elements=["user_id", "remote_id"], set_=facts))
    gone = col(Calendar.remote_id).not_in([each.id for each in calendars])
    await session.execute(sa.delete(Calendar).where(col(Calendar.user_id) == user_id, gone))


async def choose(session: AsyncSession, user_id: UUID, calendar_id: UUID, *, chosen: bool) -> None:
    """Follow a calendar, or stop following it; events of tasks stay where they are. Raises NotFound, InvalidInput."""
    calendar = await session.get(Calendar, calendar_id)
    if calendar is None:
        raise NotFound("That calendar is not there any more.")
    if calendar.is_primary and not chosen:
        raise InvalidInput("Your main calendar stays: tasks go there unless their project says otherwise.")
    calendar.is_chosen = chosen
    await session.flush()
    await session.execute(_WANT, {"user_id": user_id})


async def set_auto_schedule(session: AsyncSession, user_id: UUID, *, wanted: bool) -> None:
    """Do tasks with a start go to the calendar by themselves?"""
    own = col(CalendarConnection.user_id) == user_id
    await session.execute(sa.update(CalendarConnection).where(own).values(auto_schedule=wanted))
    await session.execute(_WANT, {"user_id": user_id})


async def map_project(session: AsyncSession, user_id: UUID, project_id: UUID, calendar_id: UUID | None) -> None:
    """Where the tasks of a project go: another calendar, or the main one (None). Those that are there move along.

    Raises NotFound, InvalidInput.
    """
    if await session.get(Project, project_id) is None:
        raise NotFound("That project does not exist, or it is not yours.")
    of_project = (col(ProjectCalendar.user_id) == user_id, col(ProjectCalendar.project_id) == project_id)
    await session.execute(sa.delete(ProjectCalendar).where(*of_project))
    if calendar_id is not None:
        calendar = await session.get(Calendar, calendar_id)
        if calendar is None:
            raise NotFound("That calendar is not there any more.")
        if not calendar.is_writable:
            raise InvalidInput("BuildOS may not write to this calendar. Choose another one.")
        calendar.is_chosen = True
        session.add(ProjectCalendar(user_id=user_id, project_id=project_id, calendar_id=calendar_id))
    tasks = sa.select(col(Task.id)).where(col(Task.project_id) == project_id)
    elsewhere = sa.and_(
        col(CalendarLink.user_id) == user_id,
        col(CalendarLink.task_id).in_(tasks),
        col(CalendarLink.status) != LinkStatus.OFF,
    )
    await session.execute(sa.update(CalendarLink).where(elsewhere).values(task_id=None))
    await session.flush()
    await session.execute(_WANT, {"user_id": user_id})


async def project_calendars(session: AsyncSession) -> dict[UUID, UUID]:
    """Which projects go to a calendar of their own."""
    rows = await session.execute(sa.select(col(ProjectCalendar.project_id), col(ProjectCalendar.calendar_id)))
    return {row[0]: row[1] for row in rows}


async def want_sync(session: AsyncSession, user_id: UUID) -> None:
    """Sync every chosen calendar soon."""
    await session.execute(_WANT, {"user_id": user_id})


async def decide_held(session: AsyncSession, user_id: UUID, calendar_id: UUID, *, go_on: bool) -> None:
    """The person's word on a sync that would remove a lot: go on, or keep it all. Raises NotFound.

    To keep it, both sides forget each other: tasks get new events, and events without a task stay in Google.
    """
    calendar = await session.get(Calendar, calendar_id)
    if calendar is None or not calendar.held:
        raise NotFound("That question was answered already.")
    if not go_on:
        gone = [UUID(each) for each in calendar.held.get("links", [])]
        await session.execute(sa.delete(CalendarLink).where(col(CalendarLink.id).in_(gone)))
        calendar.sync_token = ""
    calendar.allowed, calendar.held = go_on, {}
    await session.flush()
    await session.execute(_WANT, {"user_id": user_id})


async def _save(session: AsyncSession, user_id: UUID, email: str, grant: Grant) -> None:
    """A grant without a refresh token keeps the one that is there. Another account begins anew."""
    own = col(CalendarConnection.user_id) == user_id
    row = (await session.execute(sa.select(CalendarConnection).where(own).with_for_update())).scalar_one_or_none()
    refresh_token = grant.refresh_token
    if row is not None and row.email == email and not refresh_token:
        refresh_token = open_grant(row)[1]
    if row is not None and row.email != email:
        await session.execute(sa.delete(Calendar).where(col(Calendar.user_id) == user_id))
    values: dict[str, Any] = {
        "email": email,
        "status": ConnectionStatus.CONNECTED,
        "grant_sealed": seal_grant(user_id, grant.access_token, refresh_token),
        "expires_at": grant.expires_at,
        "refreshing_until": None,
        "error": "",
    }
    if row is None:
        session.add(CalendarConnection(user_id=user_id, **values))
        await session.flush()
        return
    await session.execute(sa.update(CalendarConnection).where(own).values(**values, version=row.version + 1))


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "replace")).digest()
