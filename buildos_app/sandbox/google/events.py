"""Events of a calendar: making, reading, changing and deleting them, with etags, own ids and tombstones."""

import re
import secrets
from copy import deepcopy
from datetime import date, datetime

from buildos_app.sandbox.google.recurrence import check_rules, find_instance, instances, is_all_day, length
from buildos_app.sandbox.google.world import Calendar, Event, GoogleError, World

_OWN_ID = re.compile(r"[a-v0-9]{5,1024}")
_INSTANCE_ID = re.compile(r"(?P<master>.+)_(?P<when>\d{8}(T\d{6}Z)?)")
_KEPT_BY_PATCH = ("id", "kind", "etag", "created", "updated", "creator", "organizer", "recurringEventId")
_DELETED = GoogleError(410, "deleted", "Resource has been deleted")


def insert(world: World, calendar: Calendar, body: Event) -> Event:
    """`events.insert`. An id that was ever used is a duplicate, also that of a deleted event. Raises GoogleError."""
    _writable(calendar)
    event_id = body.get("id") or secrets.token_hex(13)
    if not _OWN_ID.fullmatch(event_id):
        raise GoogleError(400, "invalid", "Invalid resource id value.")
    if event_id in calendar.events:
        raise GoogleError(409, "duplicate", "The requested identifier already exists.")
    event = (
        _default(calendar)
        | _cleaned(body)
        | {"id": event_id, "iCalUID": body.get("iCalUID") or f"{event_id}@google.com"}
    )
    event["created"] = world.now().isoformat()
    event["htmlLink"] = f"https://www.google.com/calendar/event?eid={event_id}"
    _check(event, calendar)
    return calendar.touch(event, world.now())


def read(calendar: Calendar, event_id: str) -> Event:
    """`events.get`: also a deleted event, with its status; also an instance of a series. Raises GoogleError."""
    if event := calendar.events.get(event_id):
        return event
    match = _INSTANCE_ID.fullmatch(event_id)
    master = calendar.events.get(match["master"]) if match else None
    if master and master.get("recurrence") and master["status"] != "cancelled":
        found = find_instance(master, calendar, event_id)
        if found:
            return found
    raise GoogleError(404, "notFound", "Not Found")


def change(world: World, calendar: Calendar, event_id: str, body: Event, etag: str, *, whole: bool = False) -> Event:
    """`events.patch`, or with `whole` `events.update`. A changed instance is an exception. Raises GoogleError."""
    _writable(calendar)
    before = read(calendar, event_id)
    _same(before, etag)
    if whole:
        event = {name: before[name] for name in _KEPT_BY_PATCH if name in before} | _default(calendar) | _cleaned(body)
        event |= {name: before[name] for name in ("originalStartTime", "iCalUID", "htmlLink") if name in before}
    else:
        event = _merged(deepcopy(before), _cleaned(body))
    if event.get("status") == "cancelled" and before.get("status") != "cancelled":
        remove(world, calendar, event_id, etag)
        return calendar.events[event_id]
    if "start" not in event and "originalStartTime" in event:  # a cancelled instance comes back as it was
        master = calendar.events[event["recurringEventId"]]
        event = (find_instance(master, calendar, event_id) or event) | {"status": "confirmed"}
    _check(event, calendar)
    if any(event.get(name) != before.get(name) for name in ("start", "end", "recurrence")):
        event["sequence"] = int(event.get("sequence", 0)) + 1
        if event.get("recurrence"):
            _drop_exceptions(calendar, event)
    return calendar.touch(event, world.now())


def remove(world: World, calendar: Calendar, event_id: str, etag: str = "") -> None:
    """`events.delete`: what is left is a tombstone. Raises GoogleError."""
    _writable(calendar)
    event = read(calendar, event_id)
    if event.get("status") == "cancelled":
        raise _DELETED
    _same(event, etag)
    kept = ("id", "kind", "iCalUID", "recurringEventId", "originalStartTime", "extendedProperties", "htmlLink")
    tombstone = {name: event[name] for name in kept if name in event} | {"status": "cancelled"}
    for each in [key for key, value in calendar.events.items() if value.get("recurringEventId") == event_id]:
        calendar.events.pop(each)
        calendar.numbers.pop(each, None)
    calendar.touch(tombstone, world.now())


def move(world: World, source: Calendar, target: Calendar, event_id: str) -> Event:
    """`events.move`: the event keeps its id. Raises GoogleError."""
    event = deepcopy(read(source, event_id))
    if event_id in target.events and target.events[event_id]["status"] != "cancelled":
        raise GoogleError(409, "duplicate", "The requested identifier already exists.")
    remove(world, source, event_id)
    return target.touch(event, world.now())


def _writable(calendar: Calendar) -> None:
    if calendar.access_role not in ("owner", "writer"):
        raise GoogleError(
            403, "requiredAccessLevel", "You need to have writer access to this calendar.", domain="calendar"
        )


def _same(event: Event, etag: str) -> None:
    if etag and etag != "*" and etag != event["etag"]:
        raise GoogleError(412, "conditionNotMet", "Precondition Failed")


def _default(calendar: Calendar) -> Event:
    return {
        "kind": "calendar#event",
        "status": "confirmed",
        "sequence": 0,
        "eventType": "default",
        "creator": {"email": calendar.id},
        "organizer": {"email": calendar.id, "self": True},
    }


def _cleaned(body: Event) -> Event:
    """What a client may write; a start with null parts has only the others."""
    event = {name: value for name, value in body.items() if name not in _KEPT_BY_PATCH and name != "iCalUID"}
    return event


def _merged(event: Event, changes: Event) -> Event:
    """JSON merge patch (RFC 7396): null takes away, lists are replaced."""
    for name, value in changes.items():
        if value is None:
            event.pop(name, None)
        elif isinstance(value, dict) and isinstance(event.get(name), dict):
            event[name] = _merged(event[name], value)
        else:
            event[name] = _merged({}, value) if isinstance(value, dict) else value
    return event


def _check(event: Event, calendar: Calendar) -> None:
    for name in ("start", "end"):
        value = event.get(name) or {}
        value = {key: each for key, each in value.items() if each is not None}
        event[name] = value
        if not value:
            raise GoogleError(400, "required", f"Missing {name} time.")
        if ("date" in value) == ("dateTime" in value):
            raise GoogleError(400, "invalid", f"Invalid {name} time.")
    if is_all_day(event) != ("date" in event["end"]):
        raise GoogleError(400, "invalid", "Start and end times must either both be date or both be dateTime.")
    try:
        for name in ("start", "end"):
            kind = "date" if is_all_day(event) else "dateTime"
            (date if is_all_day(event) else datetime).fromisoformat(event[name][kind].replace("Z", "+00:00"))
        lasts = length(event, calendar)
    except (ValueError, TypeError, AttributeError):
        raise GoogleError(400, "invalid", "Invalid value for: Invalid format") from None
    if lasts.total_seconds() < 0:
        raise GoogleError(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    if event.get("recurrence"):
        if not is_all_day(event) and not event["start"].get("timeZone"):
            raise GoogleError(400, "required", "Missing time zone definition for start time.")
        check_rules(event, calendar)


def _drop_exceptions(calendar: Calendar, master: Event) -> None:
    """Exceptions of dates that the series no longer has are gone with them."""
    own = {key: each for key, each in calendar.events.items() if each.get("recurringEventId") == master["id"]}
    for key in own:
        calendar.events.pop(key)
    kept = {each["id"] for each in instances(master, calendar, None, None)} if own else set()
    for key, each in own.items():
        if key in kept:
            calendar.events[key] = each
        else:
            calendar.numbers.pop(key, None)
