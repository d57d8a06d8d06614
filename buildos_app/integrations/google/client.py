"""Calendar v3 by google-api-python-client over HTTP: each call in a thread, busy answers asked again."""

import asyncio
import http.client
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httplib2
from google.auth.exceptions import RefreshError, TransportError
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest

from buildos_app.calendar_port import (
    Event,
    EventChanged,
    EventExists,
    EventGone,
    EventPage,
    RemoteCalendar,
    SyncTokenExpired,
    TokenExpired,
    Watch,
)
from buildos_app.clock import now
from buildos_app.errors import AccessRevoked, BuildOSError, RequestRejected, ServiceUnavailable

TIMEOUT_SECONDS = 30
TRIES, LONGEST_PAUSE, JITTER = 6, 60.0, 0.25
PAGE, LARGEST_PAGE = 250, 2500
WRITERS = ("owner", "writer", "writerWithoutPrivateAccess")
BUSY = (
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "dailyLimitExceeded",
    "quotaExceeded",
    "calendarUsageLimitsExceeded",
    "backendError",
)
NOT_ALLOWED = ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
_BROKEN = (OSError, http.client.HTTPException, httplib2.HttpLib2Error, TransportError, json.JSONDecodeError)

Make = Callable[[Any], HttpRequest]


class GoogleClient:
    """The calendars behind an access token. One call at a time: httplib2 is not safe for several threads."""

    def __init__(self, access_token: str, base_url: str, *, first_pause: float = 1.0) -> None:
        self._token = access_token
        self._base_url = base_url.rstrip("/")
        self._first_pause = first_pause
        self._one_at_a_time = asyncio.Lock()
        self._services: dict[str, Any] = {}
        self.skew = timedelta()

    async def email(self) -> str:
        """See CalendarClient."""
        found = await self._call(lambda oauth2: oauth2.userinfo().get(), service="oauth2")
        return str(found.get("email") or "")

    async def calendars(self) -> list[RemoteCalendar]:
        """See CalendarClient."""
        items: list[dict[str, Any]] = []
        page: str | None = None
        while True:
            answer = await self._call(_calendars(page))
            items += answer.get("items", [])
            page = answer.get("nextPageToken")
            if not page:
                return [_calendar(item) for item in items if not item.get("deleted")]

    async def changes(self, calendar_id: str, sync_token: str, page: str) -> EventPage:
        """See CalendarClient. The same parameters with a token as without one, as Google asks for."""
        query = {"syncToken": sync_token or None, "pageToken": page or None}
        query = {name: value for name, value in query.items() if value}
        where = {"calendarId": calendar_id, "maxResults": PAGE}
        try:
            return _page(await self._call(lambda api: api.events().list(**where, **query)))
        except RequestRejected as error:
            if sync_token and _is_about_the_token(error.__cause__):
                raise SyncTokenExpired("The sync token ran out.") from error
            raise

    async def expanded(self, calendar_id: str, after: datetime, before: datetime, page: str) -> EventPage:
        """See CalendarClient."""
        query = {"timeMin": _rfc3339(after), "timeMax": _rfc3339(before), "singleEvents": True, "orderBy": "startTime"}
        query |= {"maxResults": LARGEST_PAGE, **({"pageToken": page} if page else {})}
        return _page(await self._call(lambda api: api.events().list(calendarId=calendar_id, **query)))

    async def get(self, calendar_id: str, event_id: str) -> Event:
        """See CalendarClient."""
        return await self._event(lambda api: api.events().get(calendarId=calendar_id, eventId=event_id))

    async def instance(self, calendar_id: str, series_id: str, original: str) -> Event | None:
        """See CalendarClient."""
        where = {"calendarId": calendar_id, "eventId": series_id, "showDeleted": True}
        exactly = await self._instance_of(where | {"originalStart": original}, original)
        return exactly or await self._instance_of(where | _around(original), original)

    async def _instance_of(self, where: dict[str, Any], original: str) -> Event | None:
        page: str | None = None
        while True:
            answer = await self._call(_instances(where | ({"pageToken": page} if page else {})))
            found: Event | None = next((each for each in answer.get("items", []) if _begins(each, original)), None)
            page = answer.get("nextPageToken")
            if found is not None or not page:
                return found

    async def insert(self, calendar_id: str, event: Event) -> Event:
        """See CalendarClient."""
        return await self._event(lambda api: api.events().insert(calendarId=calendar_id, body=event))

    async def patch(self, calendar_id: str, event_id: str, changes: Event, etag: str) -> Event:
        """See CalendarClient."""
        where = {"calendarId": calendar_id, "eventId": event_id}
        return await self._event(lambda api: _if_match(api.events().patch(**where, body=changes), etag))

    async def delete(self, calendar_id: str, event_id: str, etag: str) -> None:
        """See CalendarClient."""
        where = {"calendarId": calendar_id, "eventId": event_id}
        await self._call(lambda api: _if_match(api.events().delete(**where), etag))

    async def watch(self, calendar_id: str, channel_id: str, token: str, address: str, lifetime: timedelta) -> Watch:
        """See CalendarClient."""
        ttl = {"ttl": str(int(lifetime.total_seconds()))}
        body = {"id": channel_id, "type": "web_hook", "address": address, "token": token, "params": ttl}
        answer = await self._call(lambda api: api.events().watch(calendarId=calendar_id, body=body))
        milliseconds = int(answer.get("expiration") or (now() + lifetime).timestamp() * 1000)
        return Watch(answer["id"], answer["resourceId"], datetime.fromtimestamp(milliseconds / 1000, UTC) - self.skew)

    async def stop(self, channel_id: str, resource_id: str) -> None:
        """See CalendarClient."""
        body = {"id": channel_id, "resourceId": resource_id}
        await self._call(lambda api: api.channels().stop(body=body))

    async def close(self) -> None:
        """See CalendarClient."""
        async with self._one_at_a_time:
            self._forget_services()

    def _forget_services(self) -> None:
        for service in self._services.values():
            service.close()
        self._services.clear()

    async def _event(self, make: Make) -> Event:
        event: Event = await self._call(make)
        return event

    async def _call(self, make: Make, *, service: str = "calendar") -> Any:
        """Ask, and ask again after 1, 2, 4 … seconds (at most 60, give or take a quarter) where that may help."""
        for attempt in range(TRIES):
            try:
                async with self._one_at_a_time:
                    return await asyncio.to_thread(self._execute, make, service)
            except ServiceUnavailable as error:
                if attempt == TRIES - 1:
                    raise
                asked_for = error.retry_after or 0
            pause = min(max(self._first_pause * 2**attempt, asked_for), LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret
        raise AssertionError("the last try answers or raises")

    def _execute(self, make: Make, service: str) -> Any:
        try:
            request = make(self._service(service))
            request.add_response_callback(self._look_at_the_clock)
            return request.execute()
        except HttpError as error:
            raise _in_our_words(error) from error
        except RefreshError as error:  # these credentials cannot refresh themselves: we do
            raise TokenExpired("The access token ran out.") from error
        except _BROKEN as error:
            self._forget_services()
            raise ServiceUnavailable("Google does not answer.", kind="timeout") from error

    def _service(self, name: str) -> Any:
        if name not in self._services:
            version, path = {"calendar": ("v3", "/calendar/v3/"), "oauth2": ("v2", "/")}[name]
            credentials = Credentials(token=self._token)  # type: ignore[no-untyped-call]
            plain = httplib2.Http(timeout=TIMEOUT_SECONDS)
            plain.follow_redirects = False
            self._services[name] = build(
                name,
                version,
                http=AuthorizedHttp(credentials, http=plain, refresh_status_codes=()),
                client_options={"api_endpoint": self._base_url + path},
                static_discovery=True,
                cache_discovery=False,
            )
        return self._services[name]

    def _look_at_the_clock(self, response: Any) -> None:
        try:
            self.skew = parsedate_to_datetime(response["date"]) - now()
        except (KeyError, TypeError, ValueError):
            return
        if abs(self.skew) < timedelta(seconds=2):  # the header counts whole seconds, and the way takes time
            self.skew = timedelta()


def _calendars(page: str | None) -> Make:
    query = {"pageToken": page} if page else {}
    return lambda api: api.calendarList().list(maxResults=PAGE, **query)


def _instances(where: dict[str, Any]) -> Make:
    return lambda api: api.events().instances(**where)


def _around(original: str) -> dict[str, str]:
    """Some days: in which form `originalStart` is compared, the reference does not say."""
    moment = datetime.fromisoformat(original.replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return {"timeMin": _rfc3339(moment - timedelta(days=2)), "timeMax": _rfc3339(moment + timedelta(days=3))}


def _calendar(item: dict[str, Any]) -> RemoteCalendar:
    return RemoteCalendar(
        id=str(item["id"]),
        name=str(item.get("summaryOverride") or item.get("summary") or item["id"]),
        color=str(item.get("backgroundColor") or ""),
        time_zone=str(item.get("timeZone") or "UTC"),
        is_primary=bool(item.get("primary")),
        is_writable=item.get("accessRole") in WRITERS,
    )


def _page(answer: dict[str, Any]) -> EventPage:
    return EventPage(answer.get("items", []), answer.get("nextPageToken", ""), answer.get("nextSyncToken", ""))


def _begins(event: Event, original: str) -> bool:
    start = event.get("originalStartTime") or event.get("start") or {}
    if start.get("date") or "T" not in original:
        return start.get("date") == original
    begins = datetime.fromisoformat(str(start.get("dateTime")).replace("Z", "+00:00"))
    return begins == datetime.fromisoformat(original.replace("Z", "+00:00"))


def _if_match(request: HttpRequest, etag: str) -> HttpRequest:
    if etag:
        request.headers["If-Match"] = etag
    return request


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _in_our_words(error: HttpError) -> BuildOSError:
    status, reason = int(error.resp.status), _reason(error)
    if status == 401 and not reason.startswith("push."):
        return TokenExpired("The access token ran out.")
    if status == 403 and reason in NOT_ALLOWED:
        return AccessRevoked("BuildOS may not use this calendar any more.")
    if status == 429 or status >= 500 or (status == 403 and reason in BUSY):
        kind = "rate_limited" if status in (403, 429) else "failure"
        return ServiceUnavailable(f"Google answered {status} ({reason}).", retry_after=_wait(error), kind=kind)
    meanings = {409: EventExists, 412: EventChanged, 404: EventGone, 410: EventGone}
    return meanings.get(status, RequestRejected)(f"Google answered {status} ({reason}).")


def _is_about_the_token(error: BaseException | None) -> bool:
    """410 for a list, or 400 that names the token: what it stood for is no longer known."""
    if not isinstance(error, HttpError):
        return False
    return int(error.resp.status) == 410 or (int(error.resp.status) == 400 and b"sync token" in error.content.lower())


def _reason(error: HttpError) -> str:
    try:
        problem = json.loads(error.content)["error"]
        return str(problem["errors"][0]["reason"] if problem.get("errors") else problem.get("status", ""))
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def _wait(error: HttpError) -> float | None:
    value = str(error.resp.get("retry-after", ""))
    return float(value) if value.isdecimal() else None
