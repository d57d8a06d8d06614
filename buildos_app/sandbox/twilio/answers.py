"""How the sandbox's Twilio answers: its JSON, its errors, its faults, and who may ask."""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from buildos_app.sandbox.twilio.ledger import Drop, Ledger, Refusal, Silence, TwilioTurn, the_account

MORE_INFO = "https://www.twilio.com/docs/errors/"


def error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """Twilio's error body."""
    body = {"code": code, "message": message, "more_info": f"{MORE_INFO}{code}", "status": status}
    return JSONResponse(body, status, headers)


def refused(request: Request) -> Response | None:
    """The answer to who does not know the account's token, or asks for another account."""
    account = the_account()
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = b64decode(encoded).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        name = password = ""
    known = scheme == "Basic" and hmac.compare_digest(password.encode(), account.auth_token.encode())
    if not known or name != account.account_sid or request.path_params.get("account", name) != name:
        return error(401, 20003, "Authenticate")
    return None


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form."""
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def is_kept(turn: TwilioTurn | None) -> bool:
    """Is the thing done, whatever the answer?"""
    return not isinstance(turn, Refusal) and (not isinstance(turn, Silence | Drop) or turn.kept)


async def faulty(turn: TwilioTurn | None, ledger: Ledger) -> Response | None:
    """The answer of a turn that lets no proper one out."""
    if isinstance(turn, Refusal):
        return error(turn.status, turn.code, turn.message, turn.headers)
    if isinstance(turn, Silence):
        await ledger.released.wait()
    return StreamingResponse(_broken()) if isinstance(turn, Silence | Drop) else None


async def _broken() -> AsyncIterator[bytes]:
    """The beginning of an answer, and then no connection."""
    yield b"{"
    raise ConnectionResetError("The sandbox was told to break the connection.")


def page_of(items: list[dict[str, Any]], request: Request, name: str) -> Response:
    """One page of a list, as the API of 2010 cuts them: `PageSize` items, `Page` counted from 0."""
    query = request.query_params
    size, number = min(max(int(query.get("PageSize", 50)), 1), 1000), int(query.get("Page", 0))
    part = items[number * size : (number + 1) * size]

    def address(page: int) -> str:
        return f"{request.url.path}?{request.url.include_query_params(Page=page, PageSize=size).query}"

    return JSONResponse(
        {
            name: part,
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": max(number * size + len(part) - 1, 0),
            "uri": address(number),
            "first_page_uri": address(0),
            "previous_page_uri": address(number - 1) if number else None,
            "next_page_uri": address(number + 1) if (number + 1) * size < len(items) else None,
        }
    )
