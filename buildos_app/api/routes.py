"""The plain HTTP routes beside the pages; Reflex is mounted behind them."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from buildos_app.api import auth, brain_dumps, briefs, email, own_data, queue_jobs, twilio
from buildos_app.api.calendar import calendar_routes
from buildos_app.ports import Ports


async def health(_: Request) -> JSONResponse:
    """The web process answers; whether the database does, `buildos doctor` and the worker's health tell."""
    return JSONResponse({"status": "healthy"})


def routes(ports: Callable[[], Ports]) -> Starlette:
    """A fresh router with every plain route; `ports` gives the outside world while the process serves."""
    return Starlette(
        routes=[
            Route("/health", health),
            Route("/auth/sign-up", auth.sign_up, methods=["POST"]),
            Route("/auth/sign-in", auth.sign_in, methods=["POST"]),
            Route("/auth/sign-out", auth.sign_out, methods=["POST"]),
            Route("/api/brain-dumps/stream", brain_dumps.stream(ports), methods=["POST"]),
            *queue_jobs.ROUTES,
            *calendar_routes(ports),
            Route("/auth/forgot-password", auth.forgot_password, methods=["POST"]),
            Route("/auth/reset-password", auth.reset_password, methods=["POST"]),
            Route("/auth/confirm-address", auth.confirm_address, methods=["POST"]),
            Route("/api/unsubscribe/{token}", email.unsubscribe, methods=["GET", "POST"]),
            Route("/api/email-tracking/{tracking_id}", email.opened),
            Route("/api/webhooks/twilio/status", twilio.status, methods=["POST"]),
            Route("/api/webhooks/twilio/inbound", twilio.inbound, methods=["POST"]),
            Route("/api/briefs/{brief_date}.md", briefs.download),
            Route("/api/export/{file_id}", own_data.fetch_export),
            Route("/api/import", own_data.import_archive, methods=["POST"]),
        ]
    )
