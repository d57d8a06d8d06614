"""What happens to a websocket before Reflex sees it: who it is for, whose state it reaches, and how many there are."""

import asyncio
import hashlib
from collections import Counter
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buildos_app.accounts.sessions import hash_token, resolve_session, token_of
from buildos_app.api.requests import network_of

MOST_OF_A_SESSION, MOST_OF_AN_ADDRESS = 100, 50
"""Open sockets of one signed-in browser, and of everybody who is not signed in behind one address; per process."""
ANONYMOUS_SECONDS = 900.0
"""How long a socket of nobody stays open; the page opens a new one by itself."""


class SessionHandshake:
    """Replaces the cookies of a websocket by the hash of the session's token, and binds the tab to that session.

    The token itself never reaches state, its store or a log, and the hash is of no use as a cookie. The client token of
    the query, which proxies log and which names the tab's state, is mixed with that hash: with another session, or
    none, the same client token names another state.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; only a websocket is changed, counted, and refused with 403 when there are too many."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        token = token_of(Headers(scope=scope).get("cookie", ""))
        token_hash = hash_token(token) if token else b""
        signed_in = await _is_signed_in(token_hash)
        key = token_hash.hex() if signed_in else network_of(scope["client"][0] if scope.get("client") else "")
        if self._open[key] >= (MOST_OF_A_SESSION if signed_in else MOST_OF_AN_ADDRESS):
            await send({"type": "websocket.close", "code": 1013})
            return
        self._open[key] += 1
        try:
            await self.app(_bound(scope, token_hash), receive if signed_in else _for_a_while(receive), send)
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


def bound_token(client_token: str, token_hash: bytes) -> str:
    """The name of the state of this tab for this session."""
    return hashlib.sha256(token_hash + b"\0" + client_token.encode()).hexdigest()[:32]


def _bound(scope: Scope, token_hash: bytes) -> Scope:
    headers = [pair for pair in scope["headers"] if pair[0] not in (b"cookie", b"authorization")]
    if token_hash:
        headers.append((b"authorization", b"Session " + token_hash.hex().encode()))
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = [(name, bound_token(value, token_hash) if name == "token" else value) for name, value in query]
    return {**scope, "headers": headers, "query_string": urlencode(query).encode()}


async def _is_signed_in(token_hash: bytes) -> bool:
    try:
        return bool(token_hash) and await resolve_session(token_hash) is not None
    except (SQLAlchemyError, OSError):  # the database is away: who comes back meanwhile is counted by address
        return False


def _for_a_while(receive: Receive) -> Receive:
    """Ends the socket after ANONYMOUS_SECONDS."""
    deadline = asyncio.get_running_loop().time() + ANONYMOUS_SECONDS

    async def receive_until() -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError:
            return {"type": "websocket.disconnect", "code": 1001}

    return receive_until
