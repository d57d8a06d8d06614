"""The sandbox: every stand-in of an outside service on one port, and the control API that tests steer it by."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from buildos_app.sandbox import openai
from buildos_app.sandbox.google.routes import google_routes
from buildos_app.sandbox.google.world import World
from buildos_app.sandbox.mail_routes import mail_routes
from buildos_app.sandbox.mailbox import Mailbox
from buildos_app.sandbox.script import Script, Turn
from buildos_app.sandbox.smtp import serve_smtp
from buildos_app.sandbox.twilio.routes import twilio_routes
from buildos_app.settings import get_settings

_TURNS: TypeAdapter[list[Turn]] = TypeAdapter(list[Turn])
Endpoint = Callable[[Request], Awaitable[Response]]


def make_app() -> Starlette:
    """A sandbox with an empty script."""
    script, mailbox = Script(), Mailbox()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with serve_smtp(mailbox, get_settings().sandbox_smtp_port):
            yield

    async def complete(request: Request) -> Response:
        return await openai.complete(request, script)

    async def models(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": "sandbox", "object": "model", "owned_by": "buildos"}]})

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "healthy"})

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/health", health),
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/models", models),
            Mount("/control/openai", routes=_control(script)),
            *mail_routes(mailbox),
            *twilio_routes(),
            *google_routes(World()),
        ],
    )


def _control(script: Script) -> list[Route]:
    async def add(request: Request) -> Response:
        """Queue turns: a JSON list, see script.py."""
        try:
            script.add(_TURNS.validate_json(await request.body()))
        except ValidationError as error:
            return JSONResponse(error.errors(include_url=False, include_context=False), status_code=422)
        return Response(status_code=204)

    async def calls(request: Request) -> Response:
        """The calls so far; `?calls=2&aborted=1` waits until there were so many."""
        wanted = {name: int(request.query_params.get(name, 0)) for name in ("calls", "aborted")}
        await script.wait_until(**wanted)
        return JSONResponse({"calls": list(script.calls), "aborted": script.aborted})

    async def release(request: Request) -> Response:
        """Let every held request go on."""
        script.released.set()
        return Response(status_code=204)

    async def reset(request: Request) -> Response:
        """Forget turns, calls and what is not supported."""
        script.released.set()
        script.__init__()  # type: ignore[misc]
        return Response(status_code=204)

    return [
        Route("/turns", add, methods=["POST"]),
        Route("/calls", calls),
        Route("/release", release, methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ]
