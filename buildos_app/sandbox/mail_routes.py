"""The mailbox to look at, the webhook that takes mail, and the control API of both."""

import hmac
import json
from collections.abc import AsyncIterator
from html import escape
from time import time

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from buildos_app.integrations.mail_webhook import sign
from buildos_app.sandbox.mailbox import Answer, Drop, KeptMail, Mailbox, MailTurn, Silence
from buildos_app.settings import get_settings

OLDEST_SECONDS = 300
_TURNS: TypeAdapter[list[MailTurn]] = TypeAdapter(list[MailTurn])
_STYLE = """
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; max-width: 860px; margin: 32px auto;
padding: 0 20px } h1 { font-size: 24px } a { color: inherit } ul { list-style: none; padding: 0 }
li { padding: 10px 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent) }
small { opacity: .72; display: block } iframe { width: 100%; height: 72vh; border: 1px solid
color-mix(in srgb, currentColor 20%, transparent); border-radius: 12px; background: #fff }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px } dt { opacity: .72 } dd { margin: 0;
overflow-wrap: anywhere } pre { white-space: pre-wrap; overflow-wrap: anywhere }
"""


def mail_routes(mailbox: Mailbox) -> list[BaseRoute]:
    """Every route about mail."""

    async def listed(request: Request) -> Response:
        return _page("Mailbox", _list(mailbox))

    async def shown(request: Request) -> Response:
        mail = _find(mailbox, request)
        return _page(mail.subject, _mail(mail)) if mail else _page("Mailbox", "<p>This mail is gone.</p>", 404)

    async def html(request: Request) -> Response:
        mail = _find(mailbox, request)
        headers = {"content-security-policy": "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(mail.html if mail else "", 200 if mail else 404, headers)

    async def webhook(request: Request) -> Response:
        return await _take(mailbox, request)

    return [
        Route("/mail", listed),
        Route("/mail/{number:int}", shown),
        Route("/mail/{number:int}/html", html),
        Route("/webhook/email", webhook, methods=["POST"]),
        Mount("/control/mail", routes=_control(mailbox)),
    ]


def _control(mailbox: Mailbox) -> list[Route]:
    async def add(request: Request) -> Response:
        """Queue turns: a JSON list, see mailbox.py."""
        try:
            mailbox.turns.extend(_TURNS.validate_json(await request.body()))
        except ValidationError as error:
            return JSONResponse(error.errors(include_url=False, include_context=False), status_code=422)
        return Response(status_code=204)

    async def mails(request: Request) -> Response:
        """The mails so far; `?mails=2` waits until there are so many."""
        await mailbox.wait_for(int(request.query_params.get("mails", 0)))
        names = ("number", "via", "message_id", "recipient", "sender", "subject", "text", "html", "raw")
        return JSONResponse({"mails": [{name: getattr(mail, name) for name in names} for mail in mailbox.mails]})

    async def reset(request: Request) -> Response:
        """Empty the box and the script."""
        mailbox.reset()
        return Response(status_code=204)

    return [
        Route("/turns", add, methods=["POST"]),
        Route("/mails", mails),
        Route("/reset", reset, methods=["POST"]),
    ]


async def _take(mailbox: Mailbox, request: Request) -> Response:
    """What a receiver of the webhook does: check the signature and the age, then take the mail."""
    body = await request.body()
    secret = get_settings().email_webhook_secret.get_secret_value().encode()
    if not hmac.compare_digest(sign(body, secret), request.headers.get("x-webhook-signature", "")):
        return PlainTextResponse("wrong signature", 403)
    mail = json.loads(body)
    if abs(time() - int(mail["timestamp"])) > OLDEST_SECONDS:
        return PlainTextResponse("too old", 403)
    turn = mailbox.turns.popleft() if mailbox.turns else None
    if isinstance(turn, Answer):
        return PlainTextResponse("the sandbox was told to refuse", turn.code)
    kept = not ((isinstance(turn, Drop) and turn.when == "before") or (isinstance(turn, Silence) and not turn.kept))
    if kept:
        names = {"recipient": "to", "sender": "from"}
        values = {name: mail[names.get(name, name)] for name in ("message_id", "subject", "text", "html", *names)}
        await mailbox.keep(via="webhook", raw=body.decode(), **values)
    if isinstance(turn, Silence):
        await mailbox.released.wait()
    return (
        StreamingResponse(_broken()) if isinstance(turn, Drop) and turn.when != "after" else Response(status_code=204)
    )


async def _broken() -> AsyncIterator[bytes]:
    """The beginning of an answer, and then no connection."""
    yield b"{"
    raise ConnectionResetError("The sandbox was told to break the connection.")


def _find(mailbox: Mailbox, request: Request) -> KeptMail | None:
    return next((mail for mail in mailbox.mails if mail.number == request.path_params["number"]), None)


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f"<title>{escape(title)} · sandbox</title><meta name=viewport content='width=device-width'>"
    main = f"<main><h1>{escape(title)}</h1>{body}</main>"
    return HTMLResponse(f"<!doctype html><html lang=en><meta charset=utf-8>{head}<style>{_STYLE}</style>{main}", status)


def _list(mailbox: Mailbox) -> str:
    seen: dict[str, int] = {}
    for mail in mailbox.mails:
        seen[mail.message_id] = seen.get(mail.message_id, 0) + 1
    latest = {mail.message_id: mail for mail in mailbox.mails}
    if not latest:
        return "<p>No mail yet. What BuildOS sends while no mail server is set up lands here, and nowhere else.</p>"
    rows = [
        f"<li><a href='/mail/{mail.number}'>{escape(mail.subject)}</a>"
        f"<small>to {escape(mail.recipient)} · {mail.came_at:%H:%M:%S} UTC · {mail.via}"
        f"{f' · came {seen[mail.message_id]} times, one mail' if seen[mail.message_id] > 1 else ''}</small></li>"
        for mail in reversed(latest.values())
    ]
    return f"<ul>{''.join(rows)}</ul>"


def _mail(mail: KeptMail) -> str:
    facts = {"From": mail.sender, "To": mail.recipient, "Message-ID": mail.message_id, "Came by": mail.via}
    terms = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    return (
        f"<p><a href='/mail'>All mail</a></p><dl>{terms}</dl>"
        f"<iframe title='The mail' sandbox='allow-popups' src='/mail/{mail.number}/html'></iframe>"
        f"<h2>As text</h2><pre>{escape(mail.text)}</pre>"
    )
