"""The routes of the calendar: the way to the consent page and back, pushes, and the feed."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from buildos_app.api.requests import LARGEST_BODY, is_same_origin, session_of
from buildos_app.calendar import channels, connect, feed
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import IntegrationError, NotPermitted, ServiceUnavailable, UserError
from buildos_app.ports import Ports
from buildos_app.settings import get_settings

SETTINGS = "/settings/calendar"


def calendar_routes(ports: Callable[[], Ports]) -> list[Route]:
    """Every route of the calendar."""

    async def begin(request: Request) -> Response:
        """Off to the consent page; only from a page of ours."""
        person = await session_of(request)
        if person is None or not is_same_origin(request):
            return RedirectResponse("/sign-in", 303)
        user_id, session_hash = person
        try:
            async with user_session(user_id) as session:
                url = await connect.begin(session, user_id, session_hash, ports().calendar, _callback())
        except (UserError, IntegrationError):
            return _back("not_possible")
        return RedirectResponse(url, 303)

    async def callback(request: Request) -> Response:
        """Back from it. Whatever was wrong is told in the settings, in plain words."""
        person = await session_of(request)
        if person is None:
            return RedirectResponse("/sign-in", 303)
        user_id, session_hash = person
        query = request.query_params
        if query.get("error"):
            async with user_session(user_id) as session:
                await connect.claim_state(session, user_id, session_hash, query.get("state", ""))
            return _back("denied" if query["error"] == "access_denied" else "refused")
        try:
            await connect.finish(
                lambda: user_session(user_id),
                user_id,
                session_hash,
                ports().calendar,
                state=query.get("state", ""),
                code=query.get("code", ""),
                redirect_uri=_callback(),
            )
        except NotPermitted:
            return _back("state")
        except ServiceUnavailable:
            return _back("unavailable")
        except IntegrationError:
            return _back("refused")
        return RedirectResponse(f"{SETTINGS}?connected=1", 303)

    return [
        Route("/api/calendar/connect", begin),
        Route(connect.CALLBACK, callback),
        Route(channels.WEBHOOK, webhook, methods=["POST"]),
        Route("/api/calendar/feed/{token}.ics", read_feed),
    ]


async def webhook(request: Request) -> Response:
    """A push. Whether it is ours is known before any row is read; the work is a job's."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        return PlainTextResponse("too long", 413)
    channel_id = request.headers.get("x-goog-channel-id", "")
    resource_id = request.headers.get("x-goog-resource-id", "")
    if not channel_id or not resource_id:
        return PlainTextResponse("no channel", 400)
    if not channels.is_ours(channel_id, request.headers.get("x-goog-channel-token", "")):
        return PlainTextResponse("not ours", 403)
    if request.headers.get("x-goog-resource-state") not in ("exists", "not_exists"):
        return Response(status_code=200)
    number = request.headers.get("x-goog-message-number", "")
    async with service_session("calendar push") as session:
        known = await channels.receive(session, channel_id, resource_id, _number(number))
    return Response(status_code=200) if known else PlainTextResponse("no such channel", 404)


def _number(text: str) -> int | None:
    """The number of a message; None for what is none, or fits no column."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


async def read_feed(request: Request) -> Response:
    """The tasks of the person whose address this is, for any calendar program."""
    found = feed.owner_of(request.path_params["token"])
    if found is None:
        return PlainTextResponse("There is no such calendar.", 404)
    async with user_session(found[0]) as session:
        shown = await feed.read_feed(session, *found)
    if shown is None:
        return PlainTextResponse("There is no such calendar.", 404)
    text = await asyncio.to_thread(feed.as_ics, shown)
    headers = {"cache-control": "private, no-store", "content-disposition": 'inline; filename="buildos.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


def _callback() -> str:
    return get_settings().base_url + connect.CALLBACK


def _back(problem: str) -> Response:
    return RedirectResponse(f"{SETTINGS}?error={problem}", 303)
