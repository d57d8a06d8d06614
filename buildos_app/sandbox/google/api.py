"""Calendar v3 over HTTP: the routes that google-api-python-client calls."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from buildos_app.sandbox.google import events, listing, push
from buildos_app.sandbox.google.listing import time_of
from buildos_app.sandbox.google.spare import spared
from buildos_app.sandbox.google.world import Account, Calendar, GoogleError, World

Answer = tuple[Any, Calendar | None]
Action = Callable[[Account, Request, dict[str, Any]], Answer]


def api_routes(world: World) -> list[Route]:
    """Every route of the calendar."""

    def calendar(account: Account, request: Request) -> Calendar:
        return account.calendar(request.path_params["calendar_id"])

    def etag(request: Request) -> str:
        return request.headers.get("if-match", "")

    def list_calendars(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        items = [_entry(each) for each in account.calendars.values()]
        return {"kind": "calendar#calendarList", "items": items, "nextSyncToken": "calendars"}, None

    def get_calendar(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        return _entry(calendar(account, request)), None

    def add_calendar(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        return _entry(account.add_calendar(body["summary"], body.get("timeZone", ""))), None

    def list_events(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        return listing.list_events(world, calendar(account, request), dict(request.query_params)), None

    def insert(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        found = calendar(account, request)
        return events.insert(world, found, body), found

    def get(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        event = events.read(calendar(account, request), request.path_params["event_id"])
        if request.headers.get("if-none-match") == event["etag"]:
            raise GoogleError(304, "notModified", "Not Modified")
        return event, None

    def patch(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        found = calendar(account, request)
        return events.change(world, found, request.path_params["event_id"], body, etag(request)), found

    def update(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        found = calendar(account, request)
        return events.change(world, found, request.path_params["event_id"], body, etag(request), whole=True), found

    def delete(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        found = calendar(account, request)
        events.remove(world, found, request.path_params["event_id"], etag(request))
        return None, found

    def move(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        target = account.calendar(request.query_params["destination"])
        return events.move(world, calendar(account, request), target, request.path_params["event_id"]), target

    def instances(account: Account, request: Request, _: dict[str, Any]) -> Answer:
        found = calendar(account, request)
        return listing.list_instances(world, found, request.path_params["event_id"], dict(request.query_params)), None

    def free_busy(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        after, before = time_of(body["timeMin"]), time_of(body["timeMax"])
        found: dict[str, Any] = {}
        for item in body.get("items", []):
            try:
                found[item["id"]] = {"busy": listing.busy(account.calendar(item["id"]), after, before)}
            except GoogleError as error:
                found[item["id"]] = {"errors": [{"domain": "global", "reason": error.reason}], "busy": []}
        bounds = {"timeMin": body["timeMin"], "timeMax": body["timeMax"]}
        return {"kind": "calendar#freeBusy", **bounds, "calendars": found}, None

    def watch(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        return push.watch(world, account, calendar(account, request), body), None

    def stop(account: Account, request: Request, body: dict[str, Any]) -> Answer:
        push.stop(world, body)
        return None, None

    base = "/calendar/v3"
    one = f"{base}/calendars/{{calendar_id}}/events/{{event_id}}"
    actions: list[tuple[str, str, str, Action]] = [
        ("GET", f"{base}/users/me/calendarList", "calendarList.list", list_calendars),
        ("GET", f"{base}/users/me/calendarList/{{calendar_id}}", "calendarList.get", get_calendar),
        ("POST", f"{base}/calendars", "calendars.insert", add_calendar),
        ("GET", f"{base}/calendars/{{calendar_id}}", "calendars.get", get_calendar),
        ("GET", f"{base}/calendars/{{calendar_id}}/events", "events.list", list_events),
        ("POST", f"{base}/calendars/{{calendar_id}}/events", "events.insert", insert),
        ("POST", f"{base}/calendars/{{calendar_id}}/events/watch", "events.watch", watch),
        ("GET", one, "events.get", get),
        ("PATCH", one, "events.patch", patch),
        ("PUT", one, "events.update", update),
        ("DELETE", one, "events.delete", delete),
        ("POST", f"{one}/move", "events.move", move),
        ("GET", f"{one}/instances", "events.instances", instances),
        ("POST", f"{base}/freeBusy", "freebusy.query", free_busy),
        ("POST", f"{base}/channels/stop", "channels.stop", stop),
    ]
    return [Route(path, _endpoint(world, call, action), methods=[method]) for method, path, call, action in actions]


def _endpoint(world: World, call: str, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        world.calls.append({"call": call, "path": request.url.path, **dict(request.query_params)})
        fault = world.next_fault(call)
        if fault and fault.kind == "dropped":
            return StreamingResponse(_broken(), headers={"content-length": "1000"})
        try:
            if fault and fault.kind == "status":
                raise GoogleError(fault.status, fault.reason, "The sandbox was told to refuse.", domain="usageLimits")
            account = world.sign_in(request.headers.get("authorization", ""))
            body = await request.json() if request.method in ("POST", "PATCH", "PUT") and await request.body() else {}
            result, changed = action(account, request, body)
            result = spared(result) if world.spare else result
        except GoogleError as error:
            refused = _refused(error, world)
            if fault and fault.retry_after:
                refused.headers["retry-after"] = str(fault.retry_after)
            return refused
        if changed is not None:
            push.announce(world, changed)
        if fault and fault.kind == "lost":
            return StreamingResponse(_broken(), headers={"content-length": "1000"})
        headers = {"date": world.now().strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return Response(status_code=204, headers=headers) if result is None else JSONResponse(result, headers=headers)

    return answer


def _refused(error: GoogleError, world: World) -> Response:
    if error.status == 304:
        return Response(status_code=304)
    problem = {"domain": error.domain, "reason": error.reason, "message": error.message}
    body = {"error": {"code": error.status, "message": error.message, "errors": [problem]}}
    return JSONResponse(body, error.status, {"date": world.now().strftime("%a, %d %b %Y %H:%M:%S GMT")})


async def _broken() -> AsyncIterator[bytes]:
    """The beginning of an answer, and then no connection."""
    yield b"{"
    raise ConnectionResetError("The sandbox was told to break the connection.")


def _entry(calendar: Calendar) -> dict[str, Any]:
    return {
        "kind": "calendar#calendarListEntry",
        "etag": f'"{calendar.number}"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "backgroundColor": calendar.color,
        "accessRole": calendar.access_role,
        "selected": True,
        **({"primary": True} if calendar.primary else {}),
    }
