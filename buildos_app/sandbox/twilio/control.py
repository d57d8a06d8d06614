"""Steering the sandbox's Twilio: what the next requests meet, which reports go out when, what comes in."""

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from buildos_app.sandbox.twilio.callbacks import Callbacks
from buildos_app.sandbox.twilio.ledger import Ledger, Outcome, TwilioTurn
from buildos_app.sandbox.twilio.messages import as_json

_TURNS: TypeAdapter[list[TwilioTurn]] = TypeAdapter(list[TwilioTurn])


def control_routes(ledger: Ledger, callbacks: Callbacks) -> list[Route]:
    """The control API."""

    async def add(request: Request) -> Response:
        """Queue turns: a JSON list, see ledger.py."""
        try:
            ledger.turns.extend(_TURNS.validate_json(await request.body()))
        except ValidationError as error:
            return JSONResponse(error.errors(include_url=False, include_context=False), status_code=422)
        return Response(status_code=204)

    async def messages(request: Request) -> Response:
        """The ledger; `?messages=2` waits until there are so many."""
        await ledger.wait_for(int(request.query_params.get("messages", 0)))
        texts = [as_json(text) | {"status_callback": text.status_url} for text in ledger.texts]
        codes = {each.to: each.code for each in ledger.verifications.values()}
        return JSONResponse({"messages": texts, "codes": codes, "calls": ledger.calls})

    async def hold(request: Request) -> Response:
        """From now on no report goes out by itself; `deliver` sends them."""
        ledger.held = True
        return Response(status_code=204)

    async def release(request: Request) -> Response:
        """Break every connection that is kept waiting."""
        ledger.released.set()
        return Response(status_code=204)

    async def deliver(request: Request) -> Response:
        """Report {sid, status, error_code} so many `times`; what was answered."""
        wish = await request.json()
        text = ledger.find(wish["sid"])
        if text is None:
            return Response(status_code=404)
        times = range(int(wish.get("times", 1)))
        return JSONResponse([await callbacks.report(text, wish["status"], wish.get("error_code")) for _ in times])

    async def become(request: Request) -> Response:
        """Give a message {sid, status, error_code} and report nothing, as where a report is lost."""
        wish = await request.json()
        text = ledger.find(wish["sid"])
        if text is None:
            return Response(status_code=404)
        text.take(wish["status"], wish.get("error_code"))
        return Response(status_code=204)

    async def receive(request: Request) -> Response:
        """Send {from, body} to our number; the text of the answer."""
        wish = await request.json()
        return JSONResponse({"reply": await callbacks.receive(wish["from"], wish["body"])})

    async def fail_next(request: Request) -> Response:
        """The next message is accepted and then fails with this code; for the page of the phone."""
        code = int(request.path_params["code"])
        ledger.turns.append(Outcome(statuses=["sent", "undelivered"], error_code=code))
        return Response(status_code=204)

    async def reset(request: Request) -> Response:
        """Forget everything."""
        ledger.reset()
        return Response(status_code=204)

    return [
        Route("/turns", add, methods=["POST"]),
        Route("/messages", messages),
        Route("/hold", hold, methods=["POST"]),
        Route("/release", release, methods=["POST"]),
        Route("/deliver", deliver, methods=["POST"]),
        Route("/become", become, methods=["POST"]),
        Route("/receive", receive, methods=["POST"]),
        Route("/fail-next/{code:int}", fail_next, methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ]
