"""What a websocket meets before Reflex: a name of its own for each session, and an end where nobody is signed in."""

import asyncio
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest

from buildos_app.accounts.sessions import cookie_name, open_session
from buildos_app.api import handshake
from buildos_app.api.handshake import SessionHandshake


async def meet(cookie: str = "", query: bytes = b"token=tab&EIO=4") -> tuple[dict[str, Any], list[Any], list[Any]]:
    """What the app behind it saw: the scope, what it received, what was sent."""
    seen: dict[str, Any] = {}
    received: list[Any] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        received.append(await receive())

    async def silence() -> Any:
        await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"cookie", f"{cookie_name()}={cookie}".encode()), (b"authorization", b"Session 00")]
    scope = {"type": "websocket", "headers": headers, "query_string": query, "client": ("192.0.2.1", 1)}
    await SessionHandshake(app)(scope, silence, send)
    return seen, received, sent


@pytest.fixture(autouse=True)
def short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "ANONYMOUS_SECONDS", 0.01)


async def test_a_socket_of_nobody_ends(database: str) -> None:
    seen, received, _ = await meet("a token of nobody")

    assert received == [{"type": "websocket.disconnect", "code": 1001}]
    assert [name for name, _ in seen["headers"]] == [b"authorization"]
    assert b"Session 00" not in dict(seen["headers"]).values()


async def test_the_same_tab_has_another_name_for_each_session(user_id: UUID) -> None:
    tokens = [await open_session(user_id, user_agent="", address="") for _ in range(2)]
    names = []
    for cookie in ("", "x", "y", *(token[::-1] for token in tokens)):
        seen, _, _ = await meet(cookie)
        query = parse_qs(seen["query_string"].decode())
        assert query["EIO"] == ["4"]
        names += query["token"]

    assert len(set(names)) == len(names)
    assert "tab" not in names


async def test_a_database_that_is_away_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(token_hash: bytes) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr(handshake, "resolve_session", away)

    seen, received, sent = await meet("whatever")

    assert seen and received and not sent
