"""The sandbox's phones: every number that was texted, its messages, and a line to answer with."""

from html import escape
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from buildos_app.sandbox.twilio.answers import form_of
from buildos_app.sandbox.twilio.callbacks import Callbacks
from buildos_app.sandbox.twilio.ledger import Ledger, Outcome, Text
from buildos_app.sandbox.twilio.verify import SENDER

FAILURES = {
    30003: "the handset is unreachable (tried again)",
    30005: "the number is unknown (final)",
    30007: "the carrier filters it (final)",
}
_STYLE = """
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; max-width: 860px; margin: 32px auto;
padding: 0 20px } h1 { font-size: 24px } a { color: inherit } ul, ol { list-style: none; padding: 0 }
.phones li { padding: 10px 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent) }
small { opacity: .75; display: block; font-size: 12px }
.phone { max-width: 380px; margin: 0 auto; padding: 18px 16px; border-radius: 34px;
border: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
.phone ol { display: flex; flex-direction: column; gap: 8px; min-height: 320px; max-height: 60vh; overflow-y: auto;
margin: 0 0 12px }
.phone li { max-width: 82%; padding: 8px 12px; border-radius: 16px; overflow-wrap: anywhere; white-space: pre-wrap;
background: color-mix(in srgb, currentColor 10%, transparent) }
.phone li.out { align-self: flex-end; background: #1f6f4a; color: #fff }
form { display: flex; flex-wrap: wrap; gap: 8px } input, select, button { font: inherit; color: inherit; height: 38px;
padding: 0 12px; border-radius: 19px; background: transparent;
border: 1px solid color-mix(in srgb, currentColor 45%, transparent) } input { flex: 1; min-width: 0 }
details { max-width: 380px; margin: 16px auto }
"""


def phone_routes(ledger: Ledger, callbacks: Callbacks) -> list[BaseRoute]:
    """The pages of the phones."""

    async def phones(request: Request) -> Response:
        return _page("Phones", _list(ledger))

    async def phone(request: Request) -> Response:
        number = request.path_params["number"]
        return _page(number, _phone(number, ledger))

    async def answer(request: Request) -> Response:
        """What the phone's owner does: write a text, or break the next delivery."""
        number, form = request.path_params["number"], await form_of(request)
        if form.get("failure", "").isdecimal():
            outcome = Outcome(statuses=["sent", "undelivered"], error_code=int(form["failure"]))
            ledger.turns.append(outcome)
        elif form.get("body", "").strip():
            await callbacks.receive(number, form["body"])
        return RedirectResponse(f"/phone/{quote(number)}?{urlencode({'at': len(ledger.texts)})}", 303)

    return [
        Route("/phone", phones),
        Route("/phone/{number}", phone, methods=["GET"]),
        Route("/phone/{number}", answer, methods=["POST"]),
    ]


def _page(title: str, body: str) -> Response:
    head = f"<title>{escape(title)} · sandbox</title><meta name=viewport content='width=device-width'>"
    head += "<link rel=icon href='data:,'>"
    main = f"<main><h1>{escape(title)}</h1>{body}</main>"
    return HTMLResponse(f"<!doctype html><html lang=en><meta charset=utf-8>{head}<style>{_STYLE}</style>{main}")


def _is_of(text: Text, number: str) -> bool:
    return number in (text.to, text.sender)


def _list(ledger: Ledger) -> str:
    numbers = dict.fromkeys(text.sender if text.direction == "inbound" else text.to for text in reversed(ledger.texts))
    if not numbers:
        return "<p>No text message yet. What BuildOS sends while Twilio is not set up lands here, and nowhere else.</p>"
    rows = []
    for number in numbers:
        latest = next(text for text in reversed(ledger.texts) if _is_of(text, number))
        link = f"<a href='/phone/{quote(number)}'>{escape(number)}</a>"
        rows.append(f"<li>{link}<small>{latest.created_at:%H:%M:%S} UTC · {escape(latest.body[:80])}</small></li>")
    return f"<ul class=phones>{''.join(rows)}</ul>"


def _phone(number: str, ledger: Ledger) -> str:
    texts = [text for text in ledger.texts if _is_of(text, number)]
    bubbles = "".join(_bubble(text) for text in texts) or "<li>Nothing yet.</li>"
    options = "".join(f"<option value={code}>{code}: {words}</option>" for code, words in FAILURES.items())
    return (
        f"<p><a href='/phone'>All phones</a> · <a href='/phone/{quote(number)}'>Look again</a></p>"
        f"<section class=phone aria-label='Phone'><ol tabindex=0>{bubbles}</ol>"
        "<form method=post><input name=body aria-label='Text message' placeholder='STOP, START, HELP, …' required>"
        "<button>Send</button></form></section>"
        "<details><summary>Let the next message fail</summary><form method=post>"
        f"<select name=failure aria-label='Why'>{options}</select><button>Arrange it</button></form></details>"
    )


def _bubble(text: Text) -> str:
    own = " class=out" if text.direction == "inbound" else ""
    by = "verification" if text.sender == SENDER else text.status
    facts = f"{text.created_at:%H:%M:%S} UTC · {by}" + (f" {text.error_code}" if text.error_code else "")
    return f"<li{own}>{escape(text.body)}<small>{facts}</small></li>"
