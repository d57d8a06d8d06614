"""What the house needs of a calendar provider: who may use it, and the calendars behind a person's grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from buildos_app.errors import IntegrationError, RequestRejected

Event = dict[str, Any]
"""An event as Calendar v3 writes it (https://developers.google.com/workspace/calendar/api/v3/reference/events)."""


class TokenExpired(IntegrationError):
    """The access token ran out: get a fresh one, then ask again."""


class SyncTokenExpired(RequestRejected):
    """410: what changed since the token is no longer known; everything must be read once more."""


class EventChanged(RequestRejected):
    """412: the event is no longer the one that we knew."""


class EventGone(RequestRejected):
    """404 or 410: there is no such event any more."""


class EventExists(RequestRejected):
    """409: this id is taken."""


@dataclass(frozen=True)
class Grant:
    """What a person allowed. A refresh does not always bring a new refresh token: then it is empty."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    scope: str


@dataclass(frozen=True)
class RemoteCalendar:
    """One calendar of an account."""

    id: str
    name: str
    color: str
    time_zone: str
    is_primary: bool
    is_writable: bool


@dataclass(frozen=True)
class EventPage:
    """A page of events; the last page has the sync token, all others the token of the next page."""

    events: Sequence[Event]
    next_page: str
    sync_token: str


@dataclass(frozen=True)
class Watch:
    """A push channel as the provider made it."""

    channel_id: str
    resource_id: str
    expires_at: datetime


class CalendarClient(Protocol):
    """The calendars behind one access token. Every method may raise TokenExpired, ServiceUnavailable (worth another
    try), AccessRevoked, or RequestRejected."""

    @property
    def skew(self) -> timedelta:
        """How far the provider's clock is ahead of ours, as its last answer showed."""

    async def email(self) -> str:
        """The address of the account; empty where the provider does not say."""

    async def calendars(self) -> list[RemoteCalendar]:
        """All calendars that the person sees."""

    async def changes(self, calendar_id: str, sync_token: str, page: str) -> EventPage:
        """What changed since the token, or everything without one. Raises SyncTokenExpired."""

    async def expanded(self, calendar_id: str, after: datetime, before: datetime, page: str) -> EventPage:
        """Single events between two moments, those of series one by one."""

    async def get(self, calendar_id: str, event_id: str) -> Event:
        """An event, also a deleted one. Raises EventGone."""

    async def instance(self, calendar_id: str, series_id: str, original: str) -> Event | None:
        """The instance of a series that began, or begins, at this moment or on this day."""

    async def insert(self, calendar_id: str, event: Event) -> Event:
        """Make an event with an id of our own. Raises EventExists."""

    async def patch(self, calendar_id: str, event_id: str, changes: Event, etag: str) -> Event:
        """Change an event, with an etag only if it is still that one. Raises EventChanged, EventGone."""

    async def delete(self, calendar_id: str, event_id: str, etag: str) -> None:
        """Delete an event, with an etag only if it is still that one. Raises EventChanged, EventGone."""

    async def watch(self, calendar_id: str, channel_id: str, token: str, address: str, lifetime: timedelta) -> Watch:
        """Have changes announced to an address."""

    async def stop(self, channel_id: str, resource_id: str) -> None:
        """Have them announced no more. Raises EventGone for a channel that is unknown."""

    async def close(self) -> None:
        """Let go of the connections."""


class CalendarProvider(Protocol):
    """Who gives access to calendars, by OAuth 2.0."""

    @property
    def name(self) -> str:
        """What people read: "Google", or that it is the sandbox."""

    @property
    def can_push_to_us(self) -> bool:
        """Can it reach our webhook?"""

    def consent_url(self, state: str, verifier: str, redirect_uri: str, login_hint: str = "") -> str:
        """Where the person says yes or no."""

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> Grant:
        """Turn the code of a yes into a grant. Raises RequestRejected, ServiceUnavailable."""

    async def refresh(self, refresh_token: str) -> Grant:
        """A new access token. Raises AccessRevoked when the grant is gone, ServiceUnavailable."""

    async def revoke(self, token: str) -> None:
        """End a grant; one that is gone already is no error."""

    def client(self, access_token: str) -> CalendarClient:
        """The calendars behind a token."""


class NoCalendarProvider:
    """Where no calendar provider is set up."""

    name = ""
    can_push_to_us = False

    def consent_url(self, state: str, verifier: str, redirect_uri: str, login_hint: str = "") -> str:
        """Always raises RequestRejected."""
        raise _not_set_up()

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> Grant:
        """Always raises RequestRejected."""
        raise _not_set_up()

    async def refresh(self, refresh_token: str) -> Grant:
        """Always raises RequestRejected."""
        raise _not_set_up()

    async def revoke(self, token: str) -> None:
        """Nothing to revoke."""

    def client(self, access_token: str) -> CalendarClient:
        """Always raises RequestRejected."""
        raise _not_set_up()


def _not_set_up() -> RequestRejected:
    return RequestRejected("Google Calendar is not set up here: GOOGLE_CLIENT_ID is missing.")
