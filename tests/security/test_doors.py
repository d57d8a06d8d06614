"""A real web process, attacked over its sockets and its port as anybody on the network could."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
import pytest_asyncio
from starlette.routing import Route

from buildos_app.accounts.sessions import close_session, cookie_name, hash_token, open_session
from buildos_app.api.handshake import MOST_OF_AN_ADDRESS
from buildos_app.api.routes import routes
from buildos_app.db.embedded import join, leave
from buildos_app.db.engine import dispose
from buildos_app.ui.ports import the_ports
from tests.fixtures.database import make_user, use
from tests.fixtures.sockets import RawSocket, SocketTab
from tests.fixtures.web import Web

ROOT_STATE = "reflex___state____state"
OURS = f"{ROOT_STATE}.buildos_app___ui___session____session_state"
CANARY = "canary-0123456789abcdefghijklmnopqrstuvwxyz"
SECRETS = {
    "APP_SECRET_KEY": CANARY + "-app",
    "OPENAI_API_KEY": "sk-" + CANARY,
    "EMAIL_PASS": CANARY + "-mail",
    "EMAIL_WEBHOOK_SECRET": CANARY + "-hook",
    "TWILIO_AUTH_TOKEN": CANARY + "-text",
    "GOOGLE_CLIENT_SECRET": CANARY + "-google",
}
PROXY_ANSWERS = ("/ping", "/_health")
"""What Reflex answers by itself: that the process is there."""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """Behind a proxy of this machine, in production, with a canary in every secret."""
    folder = Path(tempfile.mkdtemp(prefix="buildos-doors-"))
    url = join(folder, options="-c fsync=off")
    more = {
        **SECRETS,
        "BUILDOS_ENV": "production",
        "APP_BASE_URL": "https://plan.example.org",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    web = Web.here(DATABASE_URL=url, BUILDOS_DATA_DIR=str(folder), **more)
    web.start()
    web.wait()
    yield web
    web.kill()
    leave(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def mira(web: Web, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[UUID, str]]:
    """A person and the token of their session."""
    await dispose()
    for name in ("APP_BASE_URL", "BUILDOS_ENV", "APP_SECRET_KEY"):
        monkeypatch.setenv(name, web.environment[name])
    use(web.environment["DATABASE_URL"])
    user_id = await make_user(f"mira-{uuid4()}@example.org")
    yield user_id, await open_session(user_id, user_agent="test", address="127.0.0.1")
    await dispose()


def tell(web: Web, user_id: UUID) -> None:
    """Something new of that person, which every tab of theirs shows."""
    with psycopg.connect(web.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("INSERT INTO notifications (user_id, event) VALUES (%s, 'phases_failed')", [user_id])


async def test_a_client_token_alone_shows_nothing(web: Web, mira: tuple[UUID, str]) -> None:
    """It stands in the logs of proxies. Whoever connects with it, after its tab closed, got what its person got."""
    user_id, token = mira
    closed = await (await SocketTab(token).connect(web.url)).ready()
    witness = await (await SocketTab(token).connect(web.url)).ready()
    stranger = await open_session(await make_user(f"ravi-{uuid4()}@example.org"), user_agent="", address="")
    await closed.close()
    thieves = [await RawSocket(closed.client_token, cookie).open(web.url) for cookie in (None, stranger)]

    tell(web, user_id)
    await witness.until(lambda: bool(witness.seen))
    for thief in thieves:
        await thief.event(f"{OURS}.buildos_app___ui___inbox____inbox.sync")
        await thief.until(lambda thief=thief: bool(thief.frames))  # type: ignore[misc]

    said = "".join(str(thief.frames) for thief in thieves)
    assert "mira" not in said
    assert "phases" not in said
    assert said.count("/sign-in") == 1  # nobody is sent there, the other person reads their own
    for each in (witness, *thieves):
        await each.close()


async def test_a_session_that_ended_gets_nothing_more_over_an_open_socket(web: Web, mira: tuple[UUID, str]) -> None:
    user_id, token = mira
    other = await open_session(user_id, user_agent="", address="")
    tab = await (await SocketTab(token).connect(web.url)).ready()
    witness = await (await SocketTab(other).connect(web.url)).ready()

    await close_session(token)
    tell(web, user_id)
    await witness.until(lambda: bool(witness.seen))
    await tab.until(lambda: tab.redirected)

    assert tab.seen == []
    await tab.close()
    await witness.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://plan.example.org.evil.example"])
async def test_a_page_of_another_site_gets_no_socket(web: Web, mira: tuple[UUID, str], origin: str) -> None:
    assert not await RawSocket(str(uuid4()), mira[1], origin=origin).connects(web.url)
    assert await RawSocket(str(uuid4()), mira[1], origin="https://plan.example.org").connects(web.url)


async def test_nobody_opens_sockets_without_end(web: Web, mira: tuple[UUID, str]) -> None:
    """Counted by the address that our proxy names; who is signed in, and everybody else, still get in."""
    crowd = [RawSocket(str(uuid4()), forwarded_for="203.0.113.7") for _ in range(MOST_OF_AN_ADDRESS)]
    for each in crowd:
        await each.open(web.url)

    assert not await RawSocket(str(uuid4()), forwarded_for="203.0.113.7").connects(web.url)
    assert not await RawSocket(str(uuid4()), forwarded_for="198.51.100.9, 203.0.113.7").connects(web.url)
    assert await RawSocket(str(uuid4()), forwarded_for="203.0.113.8").connects(web.url)
    assert await RawSocket(str(uuid4()), mira[1], forwarded_for="203.0.113.7").connects(web.url)
    for each in crowd:
        await each.close()


async def test_long_polling_is_no_way_around_the_handshake(web: Web, mira: tuple[UUID, str]) -> None:
    """Over plain HTTP nothing replaces cookies, so nobody may speak with Reflex there."""
    headers = {"authorization": f"Session {hash_token(mira[1]).hex()}", "origin": "https://plan.example.org"}
    async with httpx2.AsyncClient(base_url=web.url, headers=headers) as client:
        answer = await client.get("/_event/", params={"EIO": "4", "transport": "polling", "token": "x"})

    assert answer.status_code == 400


async def test_events_that_are_none_break_nothing_and_forge_no_line(web: Web, mira: tuple[UUID, str]) -> None:
    report = f"{ROOT_STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception"
    forged = f"x\n2026-11-29 10:00:00 INFO buildos_app.api.auth: signed in root\x1b[2J {CANARY}"
    nobody = await RawSocket(str(uuid4()), forwarded_for="203.0.113.9").open(web.url)
    somebody = await RawSocket(str(uuid4()), mira[1]).open(web.url)
    for socket in (nobody, somebody):
        await socket.event(report, info=forged.replace(CANARY, ""), component_stack=forged.replace(CANARY, ""))
        await socket.event(forged.replace(CANARY, ""))
        await socket.event(f"{OURS}.setvar", var_name="owner", value=forged)
        for odd in (forged.replace(CANARY, ""), 7, None, [], {"name": ["x"], "payload": 3, "router_data": 5}):
            await socket.send(odd)
        await socket.send({"name": "a", "payload": deep(40), "router_data": {"pathname": {"a": 1}}})
        await socket.event(f"{OURS}.buildos_app___ui___inbox____inbox.sync")
        await socket.until(lambda socket=socket: "inbox" in str(socket.frames) or "/sign-in" in str(socket.frames))  # type: ignore[misc]
        await socket.close()

    web.wait_for("a browser reports")
    lines = web.output()
    assert not any(re.match(r"2026-11-29 10:00:00", line) for line in lines)
    assert not any("\x1b" in line for line in lines)


def deep(levels: int) -> Any:
    """Lists in lists."""
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


async def test_every_route_has_the_headers_and_lets_no_other_site_read(web: Web, mira: tuple[UUID, str]) -> None:
    paths = {route.path for route in routes(the_ports).routes if isinstance(route, Route)}
    filled = {re.sub(r"\{[^}]*\}", str(uuid4()), path) for path in paths}
    async with httpx2.AsyncClient(base_url=web.url, headers={"origin": "https://evil.example"}) as client:
        for path in sorted(
            {*filled, *PROXY_ANSWERS, "/", "/projects", "/nowhere", "/..%2f..%2fetc/passwd", "/_upload"}
        ):
            for method in ("GET", "POST", "PUT", "OPTIONS"):
                headers = (await client.request(method, path)).headers
                assert headers["x-content-type-options"] == "nosniff", path
                assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", path
                assert headers["referrer-policy"] == "strict-origin-when-cross-origin", path
                assert headers["cross-origin-opener-policy"] == "same-origin", path
                assert headers["x-frame-options"] == "DENY", path
                policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
                assert (policy["default-src"], policy["object-src"], policy["base-uri"]) == ("'none'",) * 3, path
                assert "unsafe" not in policy["script-src"], path
                assert "access-control-allow-origin" not in headers, path
                if path.startswith(("/api", "/auth")):
                    assert "no-store" in headers["cache-control"], path


async def test_guessing_is_slowed_down_for_one_address_behind_the_proxy(web: Web, mira: tuple[UUID, str]) -> None:
    """Each address that the proxy names counts by itself; what a browser writes before it counts for nothing."""
    account = {"email": f"guessed-{uuid4()}@example.org", "password": "wrong guess here"}

    async def guess(forwarded_for: str) -> int:
        headers = {**FORM, "accept": "application/json", "x-forwarded-for": forwarded_for}
        async with httpx2.AsyncClient(base_url=web.url) as client:
            return (await client.post("/auth/sign-in", data=account, headers=headers)).status_code

    use_up(web, account["email"], "203.0.113.5", "2001:db8:1:2::")

    assert [await guess(f"{spoofed}203.0.113.5") for spoofed in ("", "198.51.100.1, ", "127.0.0.1, ")] == [429] * 3
    assert await guess("2001:db8:1:2::77") == 429
    assert await guess("203.0.113.6") == 400
    assert await guess("2001:db8:1:3::77") == 400


def use_up(web: Web, email: str, *networks: str) -> None:
    """Ten wrong guesses at an account from each."""
    with psycopg.connect(web.environment["DATABASE_URL"], autocommit=True) as connection:
        for network in networks * 10:
            key = hashlib.sha256(f"{email}\0{network}".encode()).digest()
            connection.execute("SELECT count_sign_in_try(%s, 10, '15 minutes')", [key])


async def test_a_new_sign_in_has_a_new_token_in_a_cookie_that_stays_here(web: Web, mira: tuple[UUID, str]) -> None:
    account = {"email": f"nora-{uuid4()}@example.org", "password": "correct horse battery", "name": "Nora"}
    headers = {**FORM, "accept": "application/json", "cookie": f"__Host-buildos_session={'a' * 43}"}
    async with httpx2.AsyncClient(base_url=web.url) as client:
        first = (await client.post("/auth/sign-up", data=account, headers=headers)).headers["set-cookie"]
        client.cookies.clear()
        second = (await client.post("/auth/sign-in", data=account, headers=headers)).headers["set-cookie"]

    for cookie in (first, second):
        name, _, rest = cookie.partition("=")
        token, *flags = rest.split("; ")
        assert name == "__Host-buildos_session"
        assert len(token) == 43 and token != "a" * 43
        assert {flag.lower() for flag in flags} >= {"httponly", "secure", "samesite=lax", "path=/"}
        assert "domain" not in cookie.lower()
    assert first.split(";")[0] != second.split(";")[0]


async def test_sign_ins_and_refusals_are_in_the_log(web: Web, mira: tuple[UUID, str]) -> None:
    account = {"email": f"logged-{uuid4()}@example.org", "password": "correct horse battery", "name": "Lo"}
    headers = {**FORM, "accept": "application/json", "x-forwarded-for": "203.0.113.77"}
    async with httpx2.AsyncClient(base_url=web.url) as client:
        await client.post("/auth/sign-up", data=account, headers=headers)
        await client.post("/auth/sign-in", data=account, headers=headers)
        await client.post("/auth/sign-in", data={**account, "password": "wrong guess here"}, headers=headers)

    web.wait_for("refused a sign-in from 203.0.113.77")
    lines = [line for line in web.output() if "203.0.113.77" in line]
    assert ["signed in" in line for line in lines] == [True, False]
    assert "refused a sign-in" in lines[1]
    assert account["email"] not in "\n".join(lines)


async def test_no_secret_is_in_an_answer_or_a_log(web: Web, mira: tuple[UUID, str]) -> None:
    """Last in this file: the log has every attack of the others in it by now."""
    token = mira[1]
    cookie = {"cookie": f"{cookie_name()}={token}"}
    said = []
    async with httpx2.AsyncClient(base_url=web.url, headers=cookie) as client:
        for path in ("/", "/nowhere", "/api/queue-jobs?limit=x", "/api/queue-jobs/x", "/api/briefs/x.md", "/_upload"):
            said.append((await client.get(path)).text)
        said.append((await client.post("/api/brain-dumps/stream", content=b"{" * 5000)).text)
        said.append((await client.post("/auth/sign-in", content=b"\xff\xfe=%ff", headers=FORM)).text)
    tab = await (await SocketTab(token).connect(web.url)).ready()
    await tab.close()
    with psycopg.connect(web.environment["DATABASE_URL"]) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in tables.fetchall():
            said.append(str(connection.execute(f"SELECT t::text FROM {table} t").fetchall()))

    everything = "\n".join([*said, *web.output(), tab.received])

    assert "mira" in everything
    assert CANARY not in everything
    assert token not in everything
    assert hash_token(token).hex() not in "\n".join([*web.output(), tab.received])
    assert "Traceback" not in "\n".join(said[:8])


FORM = {"content-type": "application/x-www-form-urlencoded", "origin": "https://plan.example.org"}


def test_a_session_is_kept_as_its_hash_only(web: Web) -> None:
    """In the file system of the process there is no state, and no key that was given by the environment."""
    folder = Path(web.environment["BUILDOS_DATA_DIR"])

    assert not (folder / "secret_key").exists()
    assert not (Path.cwd() / ".states").exists()
