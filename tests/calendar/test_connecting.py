"""Connecting an account, and everybody who tries to connect it wrongly; pushes, and those who forge them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
import sqlalchemy as sa

from buildos_app.accounts.sessions import hash_token, open_session
from buildos_app.api.routes import routes
from buildos_app.calendar.account import fresh_token, open_grant
from buildos_app.calendar.channels import channel_token
from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.integrations.google.oauth import Google as Provider
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.calendar import CalendarChannel, CalendarConnection, CalendarSignIn
from buildos_app.ports import Ports
from buildos_app.settings import Settings
from tests.calendar.conftest import Desk, connected
from tests.calendar.test_sync import statements
from tests.fixtures.database import make_user
from tests.fixtures.google import EMAIL, Google

HOME = "http://localhost:3000"


class Browser:
    """A signed-in browser in front of our routes."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self._client, self._cookie = client, {"cookie": f"buildos_session={token}"}
        self.token = token

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self._client.get(path, headers={**self._cookie, **headers})

    async def begin(self) -> str:
        """Press Connect; the address of the consent page."""
        answer = await self.get("/api/calendar/connect", **{"sec-fetch-site": "same-origin"})
        assert answer.status_code == 303
        return answer.headers["location"]

    async def come_back(self, back: dict[str, str]) -> str:
        """Where the callback leads."""
        query = httpx2.QueryParams(back)
        answer = await self.get(f"/api/calendar/callback?{query}", **{"sec-fetch-site": "cross-site"})
        assert answer.status_code == 303
        return answer.headers["location"]


@pytest_asyncio.fixture
async def web(database: str, google: Google) -> AsyncIterator[httpx2.AsyncClient]:
    app = routes(lambda: Ports(llm=OfflineEngine(), calendar=google.provider))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HOME) as client:
        yield client


async def browser_of(web: httpx2.AsyncClient, user_id: UUID) -> Browser:
    return Browser(web, await open_session(user_id, user_agent="test", address="127.0.0.1"))


@pytest_asyncio.fixture
async def browser(web: httpx2.AsyncClient, user_id: UUID) -> Browser:
    return await browser_of(web, user_id)


async def connection_of(user_id: UUID) -> CalendarConnection | None:
    async with user_session(user_id) as session:
        return (await session.execute(sa.select(CalendarConnection))).scalar_one_or_none()


async def test_a_yes_connects_and_the_tokens_are_sealed(browser: Browser, user_id: UUID, google: Google) -> None:
    url = await browser.begin()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert (asked["code_challenge_method"], asked["access_type"], asked["prompt"]) == ("S256", "offline", "consent")

    assert await browser.come_back(google.consent(url)) == "/settings/calendar?connected=1"

    row = await connection_of(user_id)
    assert row is not None and (row.email, row.status) == (EMAIL, "connected")
    access, refresh = open_grant(row)
    assert access.encode() not in row.grant_sealed and refresh.encode() not in row.grant_sealed
    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(CalendarSignIn))).all() == []


async def attack(name: str, browser: Browser, web: httpx2.AsyncClient, google: Google, other: UUID) -> str:
    """Where a browser ends that comes back wrongly."""
    url = await browser.begin()
    if name == "denied":
        return await browser.come_back(google.consent(url, answer="deny"))
    back = google.consent(url)
    match name:
        case "state missing":
            return await browser.come_back({"code": back["code"]})
        case "state of nobody":
            return await browser.come_back({**back, "state": "x" * 43})
        case "state replayed":
            await browser.come_back(back)
            again = google.consent(await browser.begin())
            return await browser.come_back({"state": back["state"], "code": again["code"]})
        case "state of another session":
            second = Browser(web, await open_session(await _owner(browser), user_agent="b", address="127.0.0.1"))
            return await second.come_back(back)
        case "state of another person":
            return await (await browser_of(web, other)).come_back(back)
        case "state expired":
            async with service_session("test") as session:
                await session.execute(sa.update(CalendarSignIn).values(expires_at=now() - timedelta(seconds=1)))
            return await browser.come_back(back)
        case "code missing":
            return await browser.come_back({"state": back["state"]})
        case "code twice":
            await browser.come_back(back)
            state = parse_qs(urlsplit(await browser.begin()).query)["state"][0]
            return await browser.come_back({"state": state, "code": back["code"]})
        case "code of another sign-in":  # the verifier is swapped: it belongs to the other challenge
            second_url = await browser.begin()
            state = parse_qs(urlsplit(second_url).query)["state"][0]
            return await browser.come_back({"state": state, "code": back["code"]})
        case "code made up":
            return await browser.come_back({**back, "code": "4/made-up"})
        case _:  # the redirect address of the consent was tampered with, to one that this Google knows
            tampered = url.replace("localhost%3A3000", "localhost%3A3001")
            return await browser.come_back(google.consent(tampered))


async def _owner(browser: Browser) -> UUID:
    async with service_session("test") as session:
        query = sa.text("SELECT user_id FROM user_sessions WHERE token_hash = :hash")
        found: UUID = (await session.execute(query, {"hash": hash_token(browser.token)})).scalar_one()
    return found


ATTACKS = (
    "state missing",
    "state of nobody",
    "state replayed",
    "state of another session",
    "state of another person",
    "state expired",
    "code missing",
    "code twice",
    "code of another sign-in",
    "code made up",
    "redirect tampered",
    "denied",
)


async def test_twelve_attacks_on_the_sign_in_are_refused(
    web: httpx2.AsyncClient, google: Google, other_user_id: UUID
) -> None:
    for number, name in enumerate(ATTACKS):
        user_id = await make_user(f"attacked{number}@example.org")

        ended = await attack(name, await browser_of(web, user_id), web, google, other_user_id)

        assert ended.startswith("/settings/calendar?error="), (name, ended)
        assert await connection_of(other_user_id) is None, name
        if name not in ("state replayed", "code twice"):
            assert await connection_of(user_id) is None, name


@pytest.mark.parametrize(
    ("base_url", "pushes"),
    [("https://plans.example", True), ("http://plans.example", False), ("https://localhost", False)],
)
def test_google_pushes_to_public_https_addresses_only(base_url: str, pushes: bool) -> None:
    assert Provider(Settings(app_base_url=base_url)).can_push_to_us is pushes


async def test_connecting_begins_on_our_own_pages_only(browser: Browser, web: httpx2.AsyncClient) -> None:
    forged = await browser.get("/api/calendar/connect", **{"sec-fetch-site": "cross-site"})
    assert forged.headers["location"] == "/sign-in"
    assert (await web.get("/api/calendar/connect")).headers["location"] == "/sign-in"
    assert (await web.get("/api/calendar/callback?code=x&state=y")).headers["location"] == "/sign-in"


async def test_many_at_once_refresh_a_token_once(user_id: UUID, google: Google) -> None:
    await connected(user_id, google)
    async with user_session(user_id) as session:
        await session.execute(sa.update(CalendarConnection).values(expires_at=now()))

    found = await asyncio.gather(
        *(fresh_token(lambda: user_session(user_id), user_id, google.provider) for _ in range(8))
    )

    assert len({each.token for each in found}) == 1
    assert len(google.calls("token.refresh_token")) == 1


async def test_access_that_was_taken_back_asks_to_reconnect_and_keeps_everything(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Call Ana")
    google.turn(revoke=True)

    row = await desk.sync()

    assert row.result == {"revoked": True}
    connection = await connection_of(desk.user_id)
    assert connection is not None and connection.status == "revoked"
    assert (await desk.task(task_id)).title == "Call Ana"
    await connected(desk.user_id, google)
    assert (await desk.sync()).result["read"] == 0  # type: ignore[index]


async def test_a_refresh_that_google_cannot_do_now_loses_nothing(desk: Desk, google: Google) -> None:
    async with desk.session() as session:
        await session.execute(sa.update(CalendarConnection).values(expires_at=now()))
    google.fail(call="token", status=503, reason="backendError", times=30)

    await desk.sync(expect="retrying")

    connection = await connection_of(desk.user_id)
    assert connection is not None and connection.status == "connected"


async def push(web: httpx2.AsyncClient, channel: CalendarChannel, **changed: str) -> int:
    headers = {
        "x-goog-channel-id": channel.channel_id,
        "x-goog-channel-token": channel_token(channel.channel_id),
        "x-goog-resource-id": channel.resource_id,
        "x-goog-resource-state": "exists",
        "x-goog-message-number": "7",
    }
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    sent = {name: value for name, value in headers.items() if value}
    return (await web.post("/api/calendar/webhook", headers=sent)).status_code


async def wanted(desk: Desk) -> int:
    return (await desk.calendar()).wanted


async def test_only_our_own_channels_push(desk: Desk, web: httpx2.AsyncClient) -> None:
    async with desk.session() as session:
        channel = (await session.execute(sa.select(CalendarChannel))).scalar_one()
    before = await wanted(desk)

    with statements() as sent:
        assert await push(web, channel, x_goog_channel_token="wrong") == 403
        assert await push(web, channel, x_goog_channel_token="") == 403
        assert await push(web, channel, x_goog_channel_id="channel-of-nobody") == 403
    assert sent == [], "whether it is ours is known without a row"
    assert await push(web, channel, x_goog_channel_id="") == 400
    assert await push(web, channel, x_goog_resource_id="") == 400
    assert await push(web, channel, x_goog_resource_id="another") == 404
    assert await push(web, channel, x_goog_resource_state="sync") == 200
    assert (await web.get("/api/calendar/webhook")).status_code == 405
    big = await web.post("/api/calendar/webhook", content=b"x" * 70_000)
    assert big.status_code == 413
    assert await wanted(desk) == before

    assert [await push(web, channel) for _ in range(100)] == [200] * 100
    assert await wanted(desk) == before + 1
    assert await push(web, channel, x_goog_message_number="8") == 200
    assert await wanted(desk) == before + 2
    async with desk.session() as session:
        await session.execute(sa.update(CalendarChannel).values(expires_at=now()))
    assert await push(web, channel, x_goog_message_number="9") == 404


async def test_a_storm_of_pushes_is_one_job(desk: Desk, web: httpx2.AsyncClient) -> None:
    async with desk.session() as session:
        channel = (await session.execute(sa.select(CalendarChannel))).scalar_one()
    for number in range(500):
        await push(web, channel, x_goog_message_number=str(100 + number))
    async with service_session("test") as session:
        query = "SELECT count(*) FROM queue_jobs WHERE job_type = 'sync_calendar' AND status = 'pending'"
        count = (await session.execute(sa.text(query))).scalar_one()
    assert count == 1
    await desk.sync()
    assert await wanted(desk) >= 500


async def test_the_feed_is_read_by_its_secret_address_only(web: httpx2.AsyncClient, desk: Desk) -> None:
    from icalendar import Calendar as ICalendar

    from buildos_app.calendar.feed import feed_address, turn_feed
    from tests.calendar.conftest import TOMORROW

    await desk.add("Call Ana", TOMORROW)
    await desk.add("Run", TOMORROW, 30, recurrence_pattern="daily")
    async with desk.session() as session:
        await turn_feed(session, desk.user_id, on=True)
    async with desk.session() as session:
        first = await feed_address(session, desk.user_id)
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE users SET access_restricted = true"))
    assert (await web.get(first)).status_code == 404
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE users SET access_restricted = false"))
    answer = await web.get(first)
    events: list[Any] = ICalendar.from_ical(answer.text).events
    assert {str(event["summary"]) for event in events} == {"Call Ana", "Run"}
    assert all(event["dtstart"].dt == TOMORROW for event in events)
    async with desk.session() as session:
        await turn_feed(session, desk.user_id, on=True)
    assert (await web.get(first)).status_code == 404
    assert (await web.get(first.replace("/feed/", "/feed/x"))).status_code == 404
