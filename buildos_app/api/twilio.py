"""What Twilio tells us: what became of a message, and what somebody texted back.

Signed with our token over the public address, or it is nothing to us: checked before the database is asked anything.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID
from xml.sax.saxutils import escape

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from buildos_app.api.requests import LARGEST_BODY
from buildos_app.db.session import service_session
from buildos_app.integrations.twilio import is_from_twilio
from buildos_app.settings import get_settings
from buildos_app.sms.delivery import record
from buildos_app.sms.jobs import add_attempt
from buildos_app.sms.phones import keyword, set_opt_out, take_inbound
from buildos_app.sms.templates import HELP

logger = logging.getLogger(__name__)

MOST_FIELDS = 200
unknown: Counter[str] = Counter()
"""Reports about messages that are none of ours, by status."""


async def status(request: Request) -> Response:
    """A report about a message. 200 whatever it leads to, so that it is not repeated; again and again is once."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    sid = fields.get("MessageSid") or fields.get("SmsSid", "")
    reported = fields.get("MessageStatus") or fields.get("SmsStatus", "")
    if not sid or not reported:
        return PlainTextResponse("MessageSid or MessageStatus is missing.", 400)
    code = fields.get("ErrorCode", "")
    query = request.query_params
    async with service_session("what became of a text message") as session:
        taken = await record(
            session,
            message_id=_id(query.get("message_id", "")),
            attempt=int(_number(query.get("attempt", "")) or 1),
            sid=sid,
            status=reported.lower(),
            error_code=_number(code),
        )
        if taken is None:
            unknown[reported] += 1
            logger.info("a report about a text message that is not ours: %d so far", sum(unknown.values()))
            return Response(status_code=200)
        row, effect = taken
        if effect.opted_out:
            await set_opt_out(session, row.number, is_out=True)
        if effect.again:
            await add_attempt(session, row)
    return Response(status_code=200)


async def inbound(request: Request) -> Response:
    """A text from somebody: STOP, START and HELP, in every spelling. Everything else is answered with nothing."""
    fields = await _signed_fields(request)
    if isinstance(fields, Response):
        return fields
    sid, sender = fields.get("MessageSid") or fields.get("SmsSid", ""), fields.get("From", "")
    if not sid or not sender:
        return PlainTextResponse("MessageSid or From is missing.", 400)
    word = fields.get("OptOutType", "").upper() or keyword(fields.get("Body", ""))
    if word in ("STOP", "START"):
        async with service_session("a reply to a text message") as session:
            await take_inbound(session, sid, sender, word)
    return _twiml(HELP if word == "HELP" and not fields.get("OptOutType") else "")


def _twiml(text: str) -> Response:
    """Twilio answers STOP and START itself; a second answer of ours would not even go out."""
    message = f"<Message>{escape(text)}</Message>" if text else ""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    return Response(body, media_type="text/xml")


async def _signed_fields(request: Request) -> Mapping[str, str] | Response:
    """The form, or the answer to whoever is not Twilio."""
    body = await _body(request)
    if body is None:
        return PlainTextResponse("That is too long.", 413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return PlainTextResponse("That is no form.", 400)
    fields = _Fields(pairs)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = request.headers
    signature = headers.get("x-twilio-signature", "")
    if not is_from_twilio(get_settings(), get_settings().base_url + path, fields, signature, _algorithm(headers)):
        logger.warning("refused a webhook without a right signature from %s", request.client and request.client.host)
        return PlainTextResponse("The signature is wrong.", 403)
    return fields


class _Fields(dict[str, str]):
    """A form in which the last of several values counts; all of them are signed."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getlist(self, name: str) -> list[str]:
        """Called by Twilio's validator."""
        return [value for key, value in self._pairs if key == name]


async def _body(request: Request) -> bytes | None:
    """At most 64 kB, whatever the length that was announced; None for more."""
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                return None
    except ClientDisconnect:
        return None
    return body


def _algorithm(headers: Mapping[str, str]) -> str | None:
    """Named in a header where it is not SHA-1."""
    settings = headers.get("x-twilio-webhooks-signature-settings", "")
    pairs = dict(part.strip().partition("=")[::2] for part in settings.split(","))
    return pairs.get("algorithm") or None


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else None
