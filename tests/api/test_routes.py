"""The plain routes and the pages' doors, over HTTP, as an attacker without a browser would use them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from buildos_app.accounts.accounts import MOST_SIGN_INS, MOST_SIGN_UPS, count_try
from buildos_app.accounts.sessions import hash_token, resolve_session
from buildos_app.api import middleware
from buildos_app.api.handshake import SessionHandshake
from buildos_app.api.middleware import Pages, SecurityHeaders
from buildos_app.api.routes import routes
from buildos_app.settings import get_settings
from buildos_app.ui.ports import the_ports
from buildos_app.ui.routes import PUBLIC_PAGES, SIGN_IN

ORIGIN = "http://localhost:3000"
ACCOUNT = {"name": "Mira", "email": "Mira@Example.org", "password": "correct horse battery", "timezone": "Asia/Kolkata"}


@pytest_asyncio.fixture
async def client(database: str, tmp_path: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """The doors as the web app puts them around its pages; the pages themselves are two files."""
    for name in ("projects", "sign-in"):
        (tmp_path / f"{name}.html").write_text(name)

    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse(request.url.path)

    inner: Any = Starlette(routes=[*routes(the_ports).routes, Route("/{path:path}", page)])
    inner = Pages(inner, folder=tmp_path, public=PUBLIC_PAGES, sign_in=SIGN_IN)
    app = SessionHandshake(SecurityHeaders(inner))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN, "accept": "application/json"}
    ) as client:
        yield client


async def sign_up(client: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    return await client.post("/auth/sign-up", data={**ACCOUNT, **changes})


async def test_signing_up_opens_the_pages(client: httpx2.AsyncClient) -> None:
    before = await client.get("/projects")
    assert (before.status_code, before.headers["location"]) == (303, "/sign-in?next=%2Fprojects")

    answer = await sign_up(client)

    assert answer.json() == {"go": "/"}
    assert (await client.get("/projects")).text == "/projects.html"
    assert (await client.get("/sign-in")).headers["location"] == "/"


async def test_the_cookie_cannot_be_read_by_scripts(client: httpx2.AsyncClient) -> None:
    cookie = (await sign_up(client)).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


async def test_signing_out_kills_the_session(client: httpx2.AsyncClient) -> None:
    await sign_up(client)
    token = next(iter(client.cookies.values()))
    assert await resolve_session(hash_token(token)) is not None

    await client.post("/auth/sign-out")

    assert await resolve_session(hash_token(token)) is None
    client.cookies.clear()
    stolen = await client.get("/projects", headers={"cookie": f"buildos_session={token}"})
    assert stolen.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "not an address"}, "address"),
        ({"password": "short"}, "8 characters"),
        ({"password": "iloveyou"}, "tried first"),
        ({"email": ""}, "address"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_saved(
    client: httpx2.AsyncClient, changes: dict[str, str], words: str
) -> None:
    answer = await sign_up(client, **changes)

    assert answer.status_code in (400, 403, 409, 422)
    assert words in answer.json()["error"]
    assert "set-cookie" not in answer.headers


async def test_a_strange_timezone_is_not_trusted(client: httpx2.AsyncClient) -> None:
    answer = await sign_up(client, timezone="../../etc/passwd")

    assert answer.json() == {"go": "/"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3001", ""])
@pytest.mark.parametrize("path", ["/auth/sign-up", "/auth/sign-in", "/auth/sign-out"])
async def test_other_origins_are_refused(client: httpx2.AsyncClient, origin: str, path: str) -> None:
    answer = await client.post(path, data=ACCOUNT, headers={"origin": origin})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_guessing_is_slowed_down(client: httpx2.AsyncClient) -> None:
    await sign_up(client)
    client.cookies.clear()
    answers = [
        await client.post("/auth/sign-in", data={"email": ACCOUNT["email"], "password": f"wrong guess {number}"})
        for number in range(12)
    ]

    assert "too many" in answers[-1].json()["error"].lower() or answers[-1].status_code == 429


async def test_accounts_are_not_made_by_the_thousand(client: httpx2.AsyncClient) -> None:
    for _ in range(MOST_SIGN_UPS):
        await count_try("sign up", "127.0.0.1", most=MOST_SIGN_UPS)

    answer = await sign_up(client)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_lists_of_passwords_are_slowed_down_whatever_the_accounts(client: httpx2.AsyncClient) -> None:
    await sign_up(client)
    for _ in range(MOST_SIGN_INS):
        await count_try("sign in", "127.0.0.1", most=MOST_SIGN_INS)

    answer = await client.post("/auth/sign-in", data=ACCOUNT)

    assert answer.status_code == 429


async def test_a_known_and_an_unknown_address_are_answered_alike(client: httpx2.AsyncClient) -> None:
    await sign_up(client)
    client.cookies.clear()
    known, unknown = [
        (await client.post("/auth/sign-in", data={"email": email, "password": "wrong guess here"})).json()
        for email in (ACCOUNT["email"], "nobody@example.org")
    ]

    assert known == unknown


async def test_sign_up_can_be_closed(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "allow_signup", False)

    answer = await sign_up(client)

    assert "administrator" in answer.json()["error"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/projects", "/nowhere", "/health", "/auth/sign-in"])
async def test_every_answer_carries_the_headers(client: httpx2.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy


async def test_health_says_nothing_about_anybody(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "healthy"}


async def test_a_huge_form_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/auth/sign-in", data={"email": "a" * 2_000_000, "password": "x"})

    assert answer.status_code == 413


async def test_a_form_without_an_end_is_refused(client: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"a" * 1024

    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/auth/sign-in", content=endless(), headers=headers)

    assert answer.status_code == 411


async def test_an_odd_cookie_of_another_program_signs_nobody_out(client: httpx2.AsyncClient) -> None:
    await sign_up(client)
    token = next(iter(client.cookies.values()))
    client.cookies.clear()

    for odd in ('foo={"a":1}', "a[b]=1", "=x", 'q="', "päth=1"):
        answer = await client.get("/projects", headers={"cookie": f"{odd}; buildos_session={token}".encode()})
        assert answer.status_code == 200, odd


async def test_who_must_sign_in_comes_back_to_their_page(client: httpx2.AsyncClient) -> None:
    before = await client.get("/projects/01a209ef-7279-723d-a249-ba3d6f647f0b")
    assert before.headers["location"] == "/sign-in?next=%2Fprojects%2F01a209ef-7279-723d-a249-ba3d6f647f0b"
    await sign_up(client)
    client.cookies.clear()
    form = {"email": ACCOUNT["email"], "password": ACCOUNT["password"]}

    for next_page, goes_to in (("/projects/x", "/projects/x"), ("//evil.example", "/"), ("https://evil.example", "/")):
        answer = await client.post("/auth/sign-in", data={**form, "next": next_page})
        assert answer.json() == {"go": goes_to}


async def test_zero_bytes_are_no_crash(client: httpx2.AsyncClient) -> None:
    assert (await sign_up(client, name="Mi\0ra")).json() == {"go": "/"}
    answer = await client.post("/auth/sign-in", data={"email": "mira\0@example.org", "password": "wrong guess"})
    assert answer.status_code == 400


def test_scripts_of_pages_below_a_folder_are_allowed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "profile.html").write_text("<script>start()</script>")
    monkeypatch.setattr(middleware, "pages_folder", lambda: tmp_path)

    assert len(middleware._inline_script_hashes()) == 1
