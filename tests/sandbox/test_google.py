"""The sandbox's Google, asked by Google's own SDK."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httplib2
import httpx2
import pytest
import pytest_asyncio
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from buildos_app.calendar_port import (
    CalendarClient,
    EventChanged,
    EventExists,
    EventGone,
    Grant,
    SyncTokenExpired,
    TokenExpired,
)
from buildos_app.errors import AccessRevoked, RequestRejected, ServiceUnavailable
from buildos_app.integrations.google.oauth import Google as Provider
from buildos_app.settings import Settings
from tests.fixtures.google import EMAIL, Google

CALLBACK = "http://localhost:3000/api/calendar/callback"
VERIFIER = "v" * 64
NINE = {"dateTime": "2026-11-26T09:00:00+01:00", "timeZone": "Europe/Berlin"}
TEN = {"dateTime": "2026-11-26T10:00:00+01:00", "timeZone": "Europe/Berlin"}


@pytest.fixture
def provider(google: Google) -> Provider:
    return Provider(Settings(**{name.lower(): value for name, value in google.settings.items()}), first_pause=0)


async def connect(provider: Provider, google: Google) -> Grant:
    code = google.consent(provider.consent_url("state", VERIFIER, CALLBACK))["code"]
    return await provider.exchange(code, VERIFIER, CALLBACK)


@pytest_asyncio.fixture
async def client(provider: Provider, google: Google) -> AsyncIterator[CalendarClient]:
    client = provider.client((await connect(provider, google)).access_token)
    yield client
    await client.close()


@pytest_asyncio.fixture
async def api(provider: Provider, google: Google) -> AsyncIterator[Any]:
    grant = await connect(provider, google)
    http = AuthorizedHttp(Credentials(token=grant.access_token), http=httplib2.Http(timeout=20))
    options = {"api_endpoint": google.url + "/calendar/v3/"}
    service = build("calendar", "v3", http=http, client_options=options, static_discovery=True)
    yield service
    service.close()


async def test_consent_gives_a_grant_that_can_be_refreshed_and_revoked(provider: Provider, google: Google) -> None:
    grant = await connect(provider, google)
    again = await provider.refresh(grant.refresh_token)

    client = provider.client(again.access_token)
    assert await client.email() == EMAIL
    await client.close()
    assert again.access_token != grant.access_token
    assert not again.refresh_token  # it stays the same
    await provider.revoke(grant.refresh_token)
    with pytest.raises(AccessRevoked):
        await provider.refresh(grant.refresh_token)
    client = provider.client(grant.access_token)
    with pytest.raises(TokenExpired):
        await client.calendars()
    await client.close()


async def test_a_code_is_good_once_for_its_verifier_and_its_address(provider: Provider, google: Google) -> None:
    def code() -> str:
        return google.consent(provider.consent_url("state", VERIFIER, CALLBACK))["code"]

    used = code()
    await provider.exchange(used, VERIFIER, CALLBACK)
    elsewhere = CALLBACK.replace("3000", "3001")
    for given, verifier, address in [
        (used, VERIFIER, CALLBACK),
        (code(), "w" * 64, CALLBACK),
        (code(), VERIFIER, elsewhere),
    ]:
        with pytest.raises(RequestRejected):
            await provider.exchange(given, verifier, address)


def test_a_no_comes_back_as_an_error_and_a_foreign_address_is_refused(provider: Provider, google: Google) -> None:
    assert google.consent(provider.consent_url("s", VERIFIER, CALLBACK), answer="deny") == {
        "error": "access_denied",
        "state": "s",
    }
    assert httpx2.get(provider.consent_url("s", VERIFIER, "https://evil.example/cb")).status_code == 400


async def test_own_ids_etags_and_tombstones(client: CalendarClient) -> None:
    made = await client.insert("primary", {"id": "bos0001", "summary": "Call", "start": NINE, "end": TEN})
    with pytest.raises(EventExists):
        await client.insert("primary", {"id": "bos0001", "summary": "Twice", "start": NINE, "end": TEN})
    changed = await client.patch("primary", "bos0001", {"summary": "Call Ana"}, made["etag"])
    with pytest.raises(EventChanged):
        await client.patch("primary", "bos0001", {"summary": "Lost"}, made["etag"])
    assert changed["etag"] != made["etag"]
    await client.delete("primary", "bos0001", changed["etag"])
    with pytest.raises(EventGone):
        await client.delete("primary", "bos0001", "")
    assert (await client.get("primary", "bos0001"))["status"] == "cancelled"
    with pytest.raises(EventExists):
        await client.insert("primary", {"id": "bos0001", "summary": "Call", "start": NINE, "end": TEN})
    with pytest.raises(EventGone):
        await client.get("primary", "bos0002")


async def test_a_token_knows_what_changed_page_by_page(api: Any, google: Google) -> None:
    ids = [google.edit("insert", summary=f"Event {number}", start=NINE, end=TEN)["id"] for number in range(5)]
    first = api.events().list(calendarId="primary", maxResults=2).execute()
    seen = [each["id"] for each in first["items"]]
    while token := first.get("nextPageToken"):
        first = api.events().list(calendarId="primary", maxResults=2, pageToken=token).execute()
        seen += [each["id"] for each in first["items"]]
    assert seen == ids
    google.edit("patch", ids[0], summary="Moved")
    google.edit("delete", ids[1])

    then = api.events().list(calendarId="primary", syncToken=first["nextSyncToken"]).execute()

    assert [(each["id"], each["status"]) for each in then["items"]] == [(ids[0], "confirmed"), (ids[1], "cancelled")]
    nothing = api.events().list(calendarId="primary", syncToken=then["nextSyncToken"]).execute()
    assert nothing["items"] == []
    with pytest.raises(HttpError) as refused:
        api.events().list(calendarId="primary", syncToken=then["nextSyncToken"], timeMin=TEN["dateTime"]).execute()
    assert refused.value.resp.status == 400


async def test_an_old_token_is_gone(client: CalendarClient, google: Google) -> None:
    token = (await client.changes("primary", "", "")).sync_token
    google.turn(expire_sync_tokens=True)
    with pytest.raises(SyncTokenExpired):
        await client.changes("primary", token, "")


async def test_a_series_keeps_its_hour_when_the_clocks_change(api: Any, google: Google) -> None:
    start = {"dateTime": "2026-10-23T09:00:00", "timeZone": "Europe/Berlin"}
    end = {"dateTime": "2026-10-23T10:00:00", "timeZone": "Europe/Berlin"}
    series = google.edit("insert", summary="Run", start=start, end=end, recurrence=["RRULE:FREQ=DAILY;COUNT=5"])
    moved = api.events().instances(calendarId="primary", eventId=series["id"]).execute()["items"]

    assert [each["start"]["dateTime"][11:] for each in moved] == ["09:00:00+02:00"] * 2 + ["09:00:00+01:00"] * 3
    api.events().patch(calendarId="primary", eventId=moved[1]["id"], body={"summary": "Walk"}).execute()
    api.events().delete(calendarId="primary", eventId=moved[2]["id"]).execute()
    found = api.events().list(calendarId="primary", singleEvents=True, orderBy="startTime").execute()["items"]
    assert [each["summary"] for each in found] == ["Run", "Walk", "Run", "Run"]
    assert found[1]["recurringEventId"] == series["id"]
    assert found[1]["originalStartTime"] == moved[1]["start"]
    one = (
        api.events()
        .instances(calendarId="primary", eventId=series["id"], originalStart="2026-10-26T08:00:00Z")
        .execute()
    )
    assert [each["id"] for each in one["items"]] == [moved[3]["id"]]


async def test_free_and_busy(api: Any, google: Google) -> None:
    google.edit("insert", summary="A", start=NINE, end=TEN)
    google.edit("insert", summary="B", start=TEN, end={**TEN, "dateTime": "2026-11-26T11:00:00+01:00"})
    google.edit("insert", summary="Free", start=NINE, end=TEN, transparency="transparent")
    body = {"timeMin": "2026-11-26T00:00:00Z", "timeMax": "2026-11-27T00:00:00Z", "items": [{"id": EMAIL}]}

    busy = api.freebusy().query(body=body).execute()["calendars"][EMAIL]["busy"]

    assert [(each["start"][11:16], each["end"][11:16]) for each in busy] == [("09:00", "11:00")]


async def test_busy_answers_are_asked_again_and_a_lost_one_did_its_work(client: CalendarClient, google: Google) -> None:
    google.fail(call="calendarList.list", status=403, reason="rateLimitExceeded", times=2)
    google.fail(call="calendarList.list", status=429, reason="rateLimitExceeded")
    google.fail(call="calendarList.list", status=500)
    google.fail(call="calendarList.list", kind="dropped")
    assert [each.id for each in await client.calendars()] == [EMAIL]

    google.fail(call="events.insert", kind="lost")
    with pytest.raises(EventExists):
        await client.insert("primary", {"id": "bos0003", "summary": "Call", "start": NINE, "end": TEN})
    assert [each["id"] for each in google.events()] == ["bos0003"]
    google.fail(call="events.get", status=503, times=20)
    with pytest.raises(ServiceUnavailable):
        await client.get("primary", "bos0003")


async def test_a_server_that_says_when_is_not_asked_before(client: CalendarClient, google: Google) -> None:
    google.fail(call="calendarList.list", status=429, reason="rateLimitExceeded", retry_after=1)
    began = time.monotonic()
    assert await client.calendars()
    assert time.monotonic() - began > 0.7  # a second, give or take a quarter


async def test_a_clock_that_is_ahead_is_noticed(client: CalendarClient, google: Google) -> None:
    google.turn(skew_seconds=300, token_seconds=7200)
    await client.calendars()
    assert timedelta(minutes=4, seconds=50) < client.skew < timedelta(minutes=5, seconds=10)


async def test_an_address_that_google_does_not_trust_is_no_lost_access(client: CalendarClient, google: Google) -> None:
    google.fail(call="events.watch", status=401, reason="push.webhookUrlUnauthorized")
    with pytest.raises(RequestRejected):
        await client.watch("primary", "channel-2", "token", "http://127.0.0.1:9/hook", timedelta(days=7))


async def test_a_channel_is_watched_and_stopped(client: CalendarClient, google: Google) -> None:
    with pytest.raises(RequestRejected):
        await client.watch("primary", "channel-0", "token", "http://example.org/hook", timedelta(days=7))
    made = await client.watch("primary", "channel-1", "token", "http://127.0.0.1:9/hook", timedelta(days=7))

    assert made.expires_at - datetime.now(UTC) > timedelta(days=6)
    await client.stop(made.channel_id, made.resource_id)
    with pytest.raises(EventGone):
        await client.stop(made.channel_id, made.resource_id)
