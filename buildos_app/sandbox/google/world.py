"""What the sandbox's Google knows: accounts, their calendars and events, grants, channels, and the faults to come."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Event = dict[str, Any]
MOST_CALLS = 5000


class GoogleError(Exception):
    """An answer in Google's error shape."""

    def __init__(self, status: int, reason: str, message: str, *, domain: str = "global") -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.domain = status, reason, message, domain


class Fault(BaseModel):
    """What the next `times` calls of a method meet. `call` such as `events.insert`; empty for any call.

    `status` answers with an error before anything happens; `lost` does the work and breaks the connection instead of
    answering; `dropped` breaks it before anything happens.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["status", "lost", "dropped"] = "status"
    call: str = ""
    status: int = Field(503, ge=400, le=599)
    reason: str = "backendError"
    times: int = Field(1, ge=1, le=1000)
    after: int = Field(0, ge=0, le=1000)
    """So many matching calls go well first."""
    retry_after: int = Field(0, ge=0, le=60)
    """What a refusal says of when to ask again, in seconds."""


PushMode = Literal["normal", "lost", "doubled", "held", "reordered"]


@dataclass
class Calendar:
    """A calendar with its events. Every change gives its event the next `number`; a sync token names one."""

    id: str
    summary: str
    time_zone: str
    primary: bool = False
    access_role: str = "owner"
    color: str = "#3f51b5"
    events: dict[str, Event] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    number: int = 0
    oldest_token: int = 0
    largest_page: int = 2500

    def touch(self, event: Event, now: datetime) -> Event:
        """Keep an event after a change: a new number, etag and time of change."""
        self.number += 1
        event["updated"] = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
        event["etag"] = f'"{self.number}{int(now.timestamp() * 1000)}"'
        self.events[event["id"]] = event
        self.numbers[event["id"]] = self.number
        return event


@dataclass
class Account:
    """Somebody with a Google account."""

    email: str
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def calendar(self, calendar_id: str) -> Calendar:
        """One of the account's calendars; `primary` names the first one. Raises GoogleError."""
        found = self.calendars.get(self.email if calendar_id == "primary" else calendar_id)
        if found is None:
            raise GoogleError(404, "notFound", "Not Found")
        return found

    def add_calendar(self, summary: str, time_zone: str = "") -> Calendar:
        """Another calendar, in the zone of the first one."""
        made = Calendar(f"c{len(self.calendars)}.{self.email}@group.calendar.google.com", summary, time_zone)
        made.time_zone = time_zone or self.calendar("primary").time_zone
        self.calendars[made.id] = made
        return made


@dataclass
class Code:
    """An authorization code, good once and for a few minutes."""

    email: str
    client_id: str
    redirect_uri: str
    challenge: str
    scope: str
    offline: bool
    expires_at: datetime


@dataclass
class Channel:
    """A push watch."""

    id: str
    resource_id: str
    email: str
    calendar_id: str
    address: str
    token: str
    expires_at: datetime
    messages: int = 0


@dataclass
class World:
    """Everything, in memory. `skew` is how far this Google's clock is ahead of ours; a `spare` one answers with no more
    than it promises."""

    accounts: dict[str, Account] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    access_tokens: dict[str, tuple[str, datetime, str]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))
    push_mode: PushMode = "normal"
    held: list[tuple[Channel, int]] = field(default_factory=list)
    pushes: int = 0
    skew: timedelta = timedelta()
    spare: bool = False
    token_seconds: int = 3600
    sending: set[asyncio.Task[None]] = field(default_factory=set)

    def now(self) -> datetime:
        """The time by this Google's clock."""
        return datetime.now(UTC) + self.skew

    def account(self, email: str, *, time_zone: str = "UTC") -> Account:
        """The account of an address, made when it is new, with one calendar."""
        email = email.strip().lower()
        if email not in self.accounts:
            account = Account(email)
            account.calendars[email] = Calendar(email, email, time_zone, primary=True, color="#0b57d0")
            self.accounts[email] = account
        return self.accounts[email]

    def sign_in(self, header: str) -> Account:
        """The account of an access token. Raises GoogleError."""
        scheme, _, token = header.partition(" ")
        email, expires_at, scope = self.access_tokens.get(token, ("", self.now(), ""))
        if scheme.lower() != "bearer" or not email or expires_at <= self.now():
            raise GoogleError(401, "authError", "Invalid Credentials")
        if "auth/calendar" not in scope:
            raise GoogleError(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        return self.accounts[email]

    def issue(self, email: str, scope: str) -> str:
        """A new access token."""
        token = "ya29." + secrets.token_urlsafe(32)
        self.access_tokens[token] = (email, self.now() + timedelta(seconds=self.token_seconds), scope)
        return token

    def revoke(self, email: str) -> None:
        """End every grant of an account, as its person can in their Google settings."""
        self.refresh_tokens = {key: value for key, value in self.refresh_tokens.items() if value[0] != email}
        self.access_tokens = {key: value for key, value in self.access_tokens.items() if value[0] != email}

    def next_fault(self, call: str) -> Fault | None:
        """The fault that this call meets, if any; each is used up as often as it says."""
        for fault in self.faults:
            if fault.call and fault.call != call:
                continue
            if fault.after:
                fault.after -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
            return fault
        return None
