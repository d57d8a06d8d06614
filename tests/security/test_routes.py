"""Every route as nobody, with a dead session, from another site, as another person, and with bodies that are bombs."""

import re
from collections.abc import AsyncIterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Route

from buildos_app.accounts.accounts import get_profile, update_profile
from buildos_app.accounts.sessions import close_session, cookie_name, open_session
from buildos_app.api.middleware import SecurityHeaders
from buildos_app.api.requests import safe_path
from buildos_app.api.routes import routes
from buildos_app.db.session import service_session, user_session
from buildos_app.ui.ports import open_ports, the_ports
from tests.db.test_row_level_security import fill
from tests.fixtures.rows import rows_of
from tests.security.payloads import HEADERS, REDIRECTS, UNICODE
from tests.ui.test_gate import ROUTES

ORIGIN = "http://localhost:3000"
OPEN = {
    "/health": "says that the process answers",
    "/auth/sign-up": "makes an account",
    "/auth/sign-in": "checks a password",
    "/auth/sign-out": "ends the caller's own session, if there is one",
    "/auth/forgot-password": "says the same to everybody",
    "/api/email-tracking/{tracking_id}": "answers every id with the same picture",
}
CALLS = sorted(
    (route.path, method)
    for route in routes(the_ports).routes
    if isinstance(route, Route)
    for method in (route.methods or set()) - {"HEAD"}
)
IDS = {"/api/export/{file_id}": "data_files", "/api/queue-jobs/{job_id}": "queue_jobs"}
ABROAD = ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site", "origin": ORIGIN})
JSON, FORM = {"content-type": "application/json"}, {"content-type": "application/x-www-form-urlencoded"}
BOMBS: tuple[tuple[dict[str, str], bytes], ...] = (
    (JSON, b"[" * 1_000_000),
    (JSON, b'{"content":' * 100_000),
    (JSON, b'{"content": "' + b"x" * 5_000_000 + b'"}'),
    (JSON, b'{"content": 7, "selectedProjectId": "x"}'),
    (JSON, b'{"content": "a\\u0000\\ud800b", "autoAccept": "yes"}'),
    (JSON, b"\xff\xfe\x00"),
    (FORM, b"a=" + b"x" * 5_000_000),
    (FORM, b"&".join(b"email=x" for _ in range(9_000))),
    (FORM, b"email=%00%ff&password=%ud800&name=%00"),
    ({"content-type": "multipart/form-data; boundary=x"}, b"--x\r\ncontent-disposition: form-data\r\n\r\n" * 5_000),
    ({"content-type": "application/zip"}, b"PK\x03\x04" + b"\0" * 5_000_000),
)


@pytest_asyncio.fixture
async def client(database: str) -> AsyncIterator[httpx2.AsyncClient]:
    app = SecurityHeaders(Starlette(routes=list(routes(the_ports).routes)))
    transport = httpx2.ASGITransport(app=app)
    async with open_ports(), httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def signed_in(user_id: UUID) -> dict[str, str]:
    return {"cookie": f"{cookie_name()}={await open_session(user_id, user_agent='', address='')}"}


def filled(path: str, **ids: str) -> str:
    """The path with an id in each of its places."""
    return re.sub(r"\{(\w+)\}", lambda part: ids.get(part[1], "2026-11-23" if part[1] == "brief_date" else ID), path)


ID = str(uuid4())


def is_denied(answer: httpx2.Response) -> bool:
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status_code in (400, 401, 403, 404) or (answer.status_code == 303 and to_sign_in)


def test_who_is_open_to_all_has_a_reason_here_too() -> None:
    assert {path for path, why in ROUTES.items() if why.startswith("open")} == set(OPEN)


async def test_nobody_and_dead_sessions_get_nothing(client: httpx2.AsyncClient, user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, user_id)
    dead = await open_session(user_id, user_agent="", address="")
    await close_session(dead)
    before = await rows_of(user_id)
    for (path, method), headers in product(
        CALLS, ({}, {"cookie": f"{cookie_name()}={dead}"}, {"authorization": "Bearer x"})
    ):
        answer = await client.request(
            method, filled(path), headers={"origin": ORIGIN, "content-length": "0", **headers}
        )
        assert is_denied(answer) or path in OPEN, (path, method, answer.status_code)
        assert "timber" not in answer.text
    assert await rows_of(user_id) == before


async def test_another_site_changes_nothing_with_a_live_session(client: httpx2.AsyncClient, user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, user_id)
        ids = {
            "file_id": str((await session.execute(sa.text("SELECT id FROM data_files"))).scalar_one()),
            "job_id": str((await session.execute(sa.text("SELECT id FROM queue_jobs"))).scalar_one()),
        }
    cookie = await signed_in(user_id)
    before = await rows_of(user_id)
    for (path, method), headers in product(CALLS, ABROAD):
        answer = await client.request(method, filled(path, **ids), headers={**cookie, **headers, "content-length": "0"})
        assert method == "GET" or is_denied(answer) or path in OPEN, (path, method, headers, answer.status_code)
        assert "access-control-allow-origin" not in answer.headers
    after = await rows_of(user_id)
    assert {table for table in after if after[table] != before[table]} == set()


async def test_another_person_gets_nothing_by_ids(
    client: httpx2.AsyncClient, user_id: UUID, other_user_id: UUID
) -> None:
    async with service_session("test") as session:
        await fill(session, user_id)
        ids = {
            "file_id": str((await session.execute(sa.text("SELECT id FROM data_files"))).scalar_one()),
            "job_id": str((await session.execute(sa.text("SELECT id FROM queue_jobs"))).scalar_one()),
            "tracking_id": str(user_id),
        }
    cookie = await signed_in(other_user_id)
    before = await rows_of(user_id)
    for path, method in CALLS:
        answer = await client.request(method, filled(path, **ids), headers={**cookie, "origin": ORIGIN})
        if "{" in path and path not in OPEN:
            assert answer.status_code == 404, (path, method)
        assert "timber" not in answer.text and str(user_id) not in answer.text, path
    assert await rows_of(user_id) == before


@pytest.mark.parametrize("bomb", range(len(BOMBS)))
async def test_no_body_breaks_a_route(
    bomb: int, client: httpx2.AsyncClient, user_id: UUID, record_property: Any
) -> None:
    record_property("hostile_inputs", len(CALLS))
    headers, body = BOMBS[bomb]
    cookie = await signed_in(user_id)
    for path, method in CALLS:
        if path == "/auth/sign-out":
            continue  # ends the session that the others need
        answer = await client.request(
            method,
            filled(path),
            headers={**cookie, **headers, "origin": ORIGIN, "accept": "application/json"},
            content=body,
        )
        assert answer.status_code < 500, (path, method, answer.text[:300])
        assert "Traceback" not in answer.text


async def test_odd_paths_and_queries_break_nothing(client: httpx2.AsyncClient, user_id: UUID) -> None:
    cookie = await signed_in(user_id)
    odd = (
        "%00",
        "%ff%fe",
        "..%2f..",
        "%0d%0aset-cookie:%20x=1",
        "x" * 5_000,
        "'%20OR%201=1",
        "%F0%9F%98%80",
        "-1",
        "9" * 400,
    )
    for (path, method), text in product(CALLS, odd):
        address = re.sub(r"\{\w+\}", text, path)
        query = (
            f"?limit={text}&before={text}&status={text}&type={text}&state={text}&code={text}&error={text}&next={text}"
        )
        answer = await client.request(method, address + query, headers={**cookie, "origin": ORIGIN})
        assert answer.status_code < 500, (path, method, text, answer.text[:300])
        assert "set-cookie" not in answer.headers or path == "/auth/sign-out"


@pytest.mark.parametrize("path", REDIRECTS)
def test_nobody_is_sent_elsewhere(path: str, record_property: Any) -> None:
    record_property("hostile_inputs", 1)
    assert safe_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/projects/x?task=y", "/dump"])
def test_our_own_pages_are_gone_on_to(path: str) -> None:
    assert safe_path(path) == path


async def test_names_of_every_alphabet_and_of_attackers_are_kept_or_tidied(user_id: UUID) -> None:
    """A name reaches mails, pages and logs: it is one line, without what a terminal or a mail server would obey."""
    kept = []
    for name in (*UNICODE, *HEADERS):
        async with user_session(user_id) as session:
            await update_profile(session, user_id, name=f"Mira {name}", timezone="UTC")
            kept.append((await get_profile(session, user_id)).name)

    assert [name for name in kept if not name.isprintable() or len(name) > 100] == []
    assert {"Mira 👩\u200d👩", "Mira تجربة", "Mira é"} & {name[:8] for name in kept}
