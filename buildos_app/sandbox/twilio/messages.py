"""Twilio's messages (API version 2010-04-01): create, fetch, list."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from buildos_app.sandbox.twilio.answers import error, faulty, form_of, is_kept, page_of, refused
from buildos_app.sandbox.twilio.callbacks import Callbacks
from buildos_app.sandbox.twilio.ledger import Ledger, Outcome, Text, new_sid, the_account

LONGEST = 1600
_NUMBER = re.compile(r"\+[1-9]\d{6,14}$")
MAGIC_TO = {
    "+15005550001": (21211, "The 'To' number {to} is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region indicated by 'To': {to}."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number {to} is not a valid mobile number"),
}
"""The numbers that Twilio reserves for tests, and what they lead to."""
MAGIC_FROM = {
    "+15005550001": (21212, "The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric ID."),
    "+15005550007": (21606, "The 'From' phone number {sender} is not a valid, SMS-capable inbound phone number."),
    "+15005550008": (21611, "This 'From' number has exceeded the maximum number of queued messages"),
}


def message_routes(ledger: Ledger, callbacks: Callbacks) -> list[BaseRoute]:
    """Every route about messages."""

    async def many(request: Request) -> Response:
        if request.method == "POST":
            return refused(request) or await _create(request, ledger, callbacks)
        return refused(request) or await _list(request, ledger)

    async def one(request: Request) -> Response:
        if answer := refused(request):
            return answer
        if answer := await faulty(ledger.next_turn("fetch"), ledger):
            return answer
        text = ledger.find(request.path_params["sid"])
        if text is None:
            return error(404, 20404, f"The requested resource {request.url.path} was not found")
        return JSONResponse(as_json(text))

    base = "/2010-04-01/Accounts/{account}/Messages"
    return [Route(f"{base}.json", many, methods=["GET", "POST"]), Route(f"{base}/{{sid}}.json", one)]


async def _create(request: Request, ledger: Ledger, callbacks: Callbacks) -> Response:
    form = await form_of(request)
    turn = ledger.next_turn("create")
    if problem := _problem(form, ledger):
        return error(400, *problem)
    text = Text(
        sid=new_sid("SM"),
        to=form["To"],
        sender=form["From"],
        body=form["Body"],
        status_url=form.get("StatusCallback", ""),
        segments=segments_of(form["Body"]),
    )
    if isinstance(turn, Outcome):
        text.outcome, text.outcome_error = tuple(turn.statuses), turn.error_code
        text.body = turn.prefix + text.body
    if is_kept(turn):
        await ledger.keep(text)
        callbacks.begin(text)
    return await faulty(turn, ledger) or JSONResponse(as_json(text), 201)


def _problem(form: dict[str, str], ledger: Ledger) -> tuple[int, str] | None:
    """Why Twilio would not take this message, in the order in which it looks."""
    to, sender, body, url = (form.get(name, "") for name in ("To", "From", "Body", "StatusCallback"))
    if not to:
        return 21604, "A 'To' phone number is required."
    if not sender:
        return 21603, "A 'From' phone number is required."
    if not body:
        return 21602, "Message body is required."
    if len(body) > LONGEST:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    if url and not re.match(r"https?://[^/\s]+", url):
        return 21609, f"The StatusCallback URL {url} is not a valid URL."
    code, words = MAGIC_FROM.get(sender) or MAGIC_TO.get(to) or (0, "")
    if not code and not _NUMBER.match(to):
        code, words = MAGIC_TO["+15005550001"]
    if not code and (to, sender) in ledger.stopped:
        code, words = MAGIC_TO["+15005550004"]
    return (code, words.format(to=to, sender=sender)) if code else None


async def _list(request: Request, ledger: Ledger) -> Response:
    turn = ledger.next_turn("list")
    if answer := await faulty(turn, ledger):
        return answer
    query = request.query_params
    found = [text for text in reversed(ledger.texts) if _matches(text, query)]
    return page_of([as_json(text) for text in found], request, "messages")


def _matches(text: Text, query: Any) -> bool:
    """`DateSent` is a day, or with `<` and `>` the last and first moment; what was not sent yet has no such date."""
    if query.get("To") not in (None, text.to) or query.get("From") not in (None, text.sender):
        return False
    day, before, after = query.get("DateSent"), query.get("DateSent<"), query.get("DateSent>")
    if not (day or before or after):
        return True
    if text.sent_at is None:
        return False
    return (
        (not day or text.sent_at.date() == _moment(day).date())
        and (not before or text.sent_at <= _moment(before))
        and (not after or text.sent_at >= _moment(after))
    )


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_json(text: Text) -> dict[str, Any]:
    """The message as Twilio shows it."""
    account = the_account().account_sid
    uri = f"/2010-04-01/Accounts/{account}/Messages/{text.sid}"
    return {
        "sid": text.sid,
        "account_sid": account,
        "messaging_service_sid": None,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "status": text.status,
        "num_segments": str(text.segments),
        "num_media": "0",
        "direction": text.direction,
        "api_version": "2010-04-01",
        "price": None,
        "price_unit": "USD",
        "error_code": text.error_code,
        "error_message": None,
        "date_created": format_datetime(text.created_at),
        "date_updated": format_datetime(text.sent_at or text.created_at),
        "date_sent": format_datetime(text.sent_at) if text.sent_at else None,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json", "feedback": f"{uri}/Feedback.json"},
    }


def segments_of(body: str) -> int:
    """How many segments a carrier would count; the sandbox has its own count, to hold ours against."""
    if all(character in _GSM or character in _GSM_TWICE for character in body):
        septets = sum(2 if character in _GSM_TWICE else 1 for character in body)
        return 1 if septets <= 160 else -(-septets // 153)
    units = len(body.encode("utf-16-le")) // 2
    return 1 if units <= 70 else -(-units // 67)


_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("\f^{}\\[~]|€")
