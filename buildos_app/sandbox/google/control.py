"""Steering the sandbox's Google: "a person edits in Google", faults, and what was called. For tests, and for people."""

from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from buildos_app.sandbox.google import events, push
from buildos_app.sandbox.google.listing import list_events
from buildos_app.sandbox.google.look import page
from buildos_app.sandbox.google.world import Fault, GoogleError, World

_FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


def control_routes(world: World) -> list[BaseRoute]:
    """The control API, below /control/google."""

    async def edit(request: Request) -> Response:
        """A person edits in Google: {email, calendar, do: insert|patch|delete, id, body}; {do: list, deleted?, after?,
        before?} looks; {do: add_calendar, name}."""
        asked = await request.json()
        try:
            return JSONResponse(_edit(world, asked))
        except GoogleError as error:
            return JSONResponse({"error": error.message}, error.status)

    async def add_faults(request: Request) -> Response:
        try:
            world.faults.extend(_FAULTS.validate_json(await request.body()))
        except ValidationError as error:
            return JSONResponse(error.errors(include_url=False, include_context=False), status_code=422)
        return Response(status_code=204)

    async def turn(request: Request) -> Response:
        """Turn a screw: {email?, revoke?, expire_sync_tokens?, push?, release?, skew_seconds?, token_seconds?,
        largest_page?, spare?}."""
        asked = await request.json()
        _turn(world, asked)
        return Response(status_code=204)

    async def calls(_: Request) -> Response:
        return JSONResponse({"calls": list(world.calls), "pushes": world.pushes, "channels": list(world.channels)})

    async def reset(_: Request) -> Response:
        world.__init__()  # type: ignore[misc]
        return Response(status_code=204)

    routes = [
        Route("/edit", edit, methods=["POST"]),
        Route("/faults", add_faults, methods=["POST"]),
        Route("/turn", turn, methods=["POST"]),
        Route("/calls", calls),
        Route("/reset", reset, methods=["POST"]),
    ]
    return [Mount("/control/google", routes=routes)]


def _edit(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    account = world.account(asked["email"], time_zone=asked.get("time_zone", "UTC"))
    calendar = account.calendar(asked.get("calendar", "primary"))
    match asked.get("do"):
        case "insert":
            event = events.insert(world, calendar, asked["body"])
        case "patch":
            event = events.change(world, calendar, asked["id"], asked["body"], "")
        case "delete":
            events.remove(world, calendar, asked["id"])
            event = {}
        case "add_calendar":
            return {"id": account.add_calendar(asked["name"]).id}
        case _:
            query = {"maxResults": "2500", "showDeleted": str(asked.get("deleted", False)).lower()}
            if "after" in asked:
                query |= {"singleEvents": "true", "orderBy": "startTime"}
                query |= {"timeMin": asked["after"], "timeMax": asked["before"]}
            page = list_events(world, calendar, query)
            items = page["items"]
            while "nextPageToken" in page:
                page = list_events(world, calendar, query | {"pageToken": page["nextPageToken"]})
                items += page["items"]
            return {"items": items}
    push.announce(world, calendar)
    return event


def _turn(world: World, asked: dict[str, Any]) -> None:
    if email := asked.get("email"):
        account = world.account(email, time_zone=asked.get("time_zone", "UTC"))
        if asked.get("revoke"):
            world.revoke(account.email)
        if asked.get("expire_sync_tokens"):
            for calendar in account.calendars.values():
                calendar.number += 1
                calendar.oldest_token = calendar.number
        if size := asked.get("largest_page"):
            for calendar in account.calendars.values():
                calendar.largest_page = int(size)
        if asked.get("expire_access_tokens"):
            world.access_tokens = {
                key: value for key, value in world.access_tokens.items() if value[0] != account.email
            }
        if asked.get("expire_channels"):
            world.channels = {key: each for key, each in world.channels.items() if each.email != account.email}
    if mode := asked.get("push"):
        world.push_mode = mode
    if asked.get("clear_faults"):
        world.faults.clear()
    if asked.get("release"):
        push.release(world)
    if "skew_seconds" in asked:
        world.skew = timedelta(seconds=asked["skew_seconds"])
    if "spare" in asked:
        world.spare = bool(asked["spare"])
    if "token_seconds" in asked:
        world.token_seconds = int(asked["token_seconds"])


def person_routes(world: World) -> list[Route]:
    """A small page on which a person edits their sandbox calendar."""

    async def show(request: Request) -> Response:
        return HTMLResponse(page("Google Calendar (sandbox)", _accounts(world)))

    async def act(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked: dict[str, Any] = {
            "email": form["email"],
            "calendar": form["calendar"],
            "do": form["do"],
            "id": form.get("id"),
        }
        if form["do"] != "delete":
            asked["body"] = _body(form)
        try:
            _edit(world, asked)
        except (GoogleError, ValueError) as error:
            return HTMLResponse(page("Google Calendar (sandbox)", f"<p>{escape(str(error))}</p>"), 400)
        return RedirectResponse(request.url.path, 303)

    return [Route("/calendar", show), Route("/calendar", act, methods=["POST"])]


def _body(form: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"summary": form["summary"]}
    if form.get("start"):
        start = datetime.fromisoformat(form["start"]).replace(tzinfo=UTC)
        end = start + timedelta(minutes=int(form.get("minutes") or 60))
        body |= {name: {"dateTime": each.isoformat(), "date": None} for name, each in (("start", start), ("end", end))}
    return body


def _accounts(world: World) -> str:
    if not world.accounts:
        return "<p>No account yet. Connect your calendar in BuildOS: the account is made then.</p>"
    parts = []
    for account in world.accounts.values():
        for calendar in account.calendars.values():
            rows = "".join(
                _row(account.email, calendar.id, each) for each in calendar.events.values() if "start" in each
            )
            add = _form(account.email, calendar.id, "insert", {}, "Add event")
            parts.append(
                f"<h2>{escape(calendar.summary)} <small>{escape(account.email)}</small></h2>"
                f"<table>{rows}</table>{add if calendar.access_role == 'owner' else ''}"
            )
    return "<p>Edit here what a person would edit in Google; times are UTC.</p>" + "".join(parts)


def _row(email: str, calendar_id: str, event: dict[str, Any]) -> str:
    repeats = " ".join(event.get("recurrence", []))
    delete = _form(email, calendar_id, "delete", event, "Delete")
    return f"<tr><td>{_form(email, calendar_id, 'patch', event, 'Save')}<small>{escape(repeats)}</small><td>{delete}"


def _form(email: str, calendar_id: str, do: str, event: dict[str, Any], label: str) -> str:
    hidden = {"email": email, "calendar": calendar_id, "do": do, "id": str(event.get("id", ""))}
    fields = "".join(f"<input type=hidden name={name} value='{escape(value)}'>" for name, value in hidden.items())
    if do != "delete":
        title = escape(str(event.get("summary", "")))
        fields += f"<input name=summary aria-label=Title required value='{title}'>"
        start = event.get("start", {}).get("dateTime", "")
        if start or not event:
            shown = f"{datetime.fromisoformat(start).astimezone(UTC):%Y-%m-%dT%H:%M}" if start else ""
            required = "" if event else "required"
            fields += f"<input name=start aria-label=Start type=datetime-local {required} value='{shown}'>"
            fields += f"<input name=minutes aria-label=Minutes type=number min=1 value={_minutes(event)} size=4>"
    return f"<form class=row method=post>{fields}<button>{label}</button></form>"


def _minutes(event: dict[str, Any]) -> int:
    if not event:
        return 60
    begins, ends = (datetime.fromisoformat(event[name]["dateTime"]) for name in ("start", "end"))
    return int((ends - begins).total_seconds() // 60)
