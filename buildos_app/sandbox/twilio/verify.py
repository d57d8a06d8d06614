"""Twilio Verify v2: send a code, check it. The code itself is seen on the sandbox's phone and nowhere else."""

import re
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from buildos_app.sandbox.twilio.answers import error, faulty, form_of, is_kept, refused
from buildos_app.sandbox.twilio.ledger import (
    MOST_CHECKS,
    MOST_CODES,
    Ended,
    Ledger,
    Text,
    Verification,
    new_sid,
    the_account,
)

SENDER = "Verify"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}$")
LANDLINE = "+15005550009"


def verify_routes(ledger: Ledger) -> list[BaseRoute]:
    """Every route about verifications."""

    def checked(request: Request) -> Response | None:
        known = request.path_params["service"] == the_account().verify_service_sid
        missing = error(404, 20404, f"The requested resource {request.url.path} was not found")
        return refused(request) or (None if known else missing)

    async def begin(request: Request) -> Response:
        return checked(request) or await _begin(await form_of(request), ledger)

    async def check(request: Request) -> Response:
        return checked(request) or await _check(request, await form_of(request), ledger)

    base = "/v2/Services/{service}"
    return [
        Route(f"{base}/Verifications", begin, methods=["POST"]),
        Route(f"{base}/VerificationCheck", check, methods=["POST"]),
    ]


async def _begin(form: dict[str, str], ledger: Ledger) -> Response:
    to, turn = form.get("To", ""), ledger.next_turn("code")
    if form.get("Channel") != "sms":
        return error(400, 60200, "Invalid parameter `Channel`")
    if not _NUMBER.match(to):
        return error(400, 60200, f"Invalid parameter `To`: {to}")
    if to == LANDLINE:
        return error(400, 60205, "SMS is not supported by landline phone number")
    live = ledger.verifications.get(to)
    if live is None or not live.is_live:
        live = Verification(new_sid("VE"), to)
    elif live.sends >= MOST_CODES:
        return error(429, 60203, "Max send attempts reached")
    else:
        live.sends += 1
    if is_kept(turn):
        ledger.verifications[to] = live
        words = f"Your BuildOS verification code is: {live.code}"
        await ledger.keep(Text(new_sid("SM"), to, SENDER, words, "outbound-verify", "delivered"))
    return await faulty(turn, ledger) or JSONResponse(_as_json(live), 201)


async def _check(request: Request, form: dict[str, str], ledger: Ledger) -> Response:
    turn, live = ledger.next_turn("check"), ledger.verifications.get(form.get("To", ""))
    if live is None or not live.is_live:
        return error(404, 20404, f"The requested resource {request.url.path} was not found")
    if live.checks >= MOST_CHECKS:
        return error(429, 60202, "Max check attempts reached")
    if isinstance(turn, Ended):
        live.status = turn.status
    elif is_kept(turn):
        live.checks += 1
        live.status = "approved" if form.get("Code") == live.code else "pending"
    return await faulty(turn, ledger) or JSONResponse(_as_json(live), 200)


def _as_json(verification: Verification) -> dict[str, Any]:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "sid": verification.sid,
        "service_sid": the_account().verify_service_sid,
        "account_sid": the_account().account_sid,
        "to": verification.to,
        "channel": "sms",
        "status": verification.status,
        "valid": verification.status == "approved",
        "amount": None,
        "payee": None,
        "sna_attempts_error_codes": [],
        "lookup": {},
        "send_code_attempts": [],
        "date_created": verification.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "date_updated": moment,
        "url": f"/v2/Services/{the_account().verify_service_sid}/Verifications/{verification.sid}",
    }
