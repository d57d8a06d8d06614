"""`events.list` and `events.instances`: filters, pages, sync tokens, and what a token that is too old gets."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from buildos_app.sandbox.google.events import read
from buildos_app.sandbox.google.recurrence import instances, length, moment
from buildos_app.sandbox.google.world import Calendar, Event, GoogleError, World

DEFAULT_PAGE = 250
NOT_WITH_A_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
EXPANDED = timedelta(days=366)


def list_events(world: World, calendar: Calendar, query: dict[str, str]) -> dict[str, Any]:
    """`events.list`. Raises GoogleError."""
    _check(query)
    single = query.get("singleEvents") == "true"
    since = _since(calendar, query)
    page = _page_of(query)
    upto = page["upto"] if page else calendar.number
    if query.get("syncToken"):
        found = _changed(calendar, since, upto, single=single, now=world.now())
    else:
        found = _all(calendar, query, single=single)
    found = _sorted(found, query, calendar)
    if world.spare and not query.get("orderBy"):
        found = found[::-1]  # no order is promised, nor that a page has any events
    if world.spare and page is None:
        return _answer(calendar, [], query, upto, page) | {"nextPageToken": _pack({"offset": 0, "upto": upto})}
    answer = _answer(calendar, found, query, upto, page)
    if "nextPageToken" not in answer and not any(query.get(name) for name in NOT_WITH_A_TOKEN if name[:4] != "time"):
        answer["nextSyncToken"] = _pack({"calendar": calendar.id, "number": upto, "single": single})
    return answer


def list_instances(world: World, calendar: Calendar, event_id: str, query: dict[str, str]) -> dict[str, Any]:
    """`events.instances`. Raises GoogleError."""
    master = read(calendar, event_id)
    if master.get("status") == "cancelled" or not master.get("recurrence"):
        found: list[Event] = []
    else:
        after, before = _bounds(query)
        deleted = query.get("showDeleted") == "true"
        found = list(instances(master, calendar, after, before, deleted=deleted))
    if wanted := query.get("originalStart"):
        found = [each for each in found if _is_at(each["originalStartTime"], wanted, calendar, exactly=world.spare)]
    return _answer(calendar, found, query, calendar.number, _page_of(query))


def busy(calendar: Calendar, after: datetime, before: datetime) -> list[dict[str, str]]:
    """`freeBusy.query` of one calendar: its busy times, joined where they touch."""
    spans = []
    for event in _expanded(calendar, after, before):
        if event.get("transparency") == "transparent":
            continue
        starts = moment(event["start"], calendar)
        ends = moment(event["end"], calendar) if "date" in event["end"] else starts + length(event, calendar)
        spans.append((max(starts, after), min(ends, before)))
    joined: list[tuple[datetime, datetime]] = []
    for starts, ends in sorted(span for span in spans if span[0] < span[1]):
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return [{"start": starts.isoformat(), "end": ends.isoformat()} for starts, ends in joined]


def _check(query: dict[str, str]) -> None:
    token = query.get("syncToken")
    if token and (clash := [name for name in NOT_WITH_A_TOKEN if query.get(name)]):
        raise GoogleError(400, "invalid", f"Sync token cannot be combined with {clash[0]}.")
    if token and query.get("showDeleted") == "false":
        raise GoogleError(400, "invalid", "Sync token cannot be combined with showDeleted=false.")
    if query.get("orderBy") == "startTime" and query.get("singleEvents") != "true":
        raise GoogleError(400, "badRequest", "The requested ordering is not available for the particular query.")


def _since(calendar: Calendar, query: dict[str, str]) -> int:
    if not query.get("syncToken"):
        return 0
    token = _unpack(query["syncToken"])
    expired = GoogleError(
        410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.", domain="calendar"
    )
    if token.get("calendar") != calendar.id:
        raise GoogleError(400, "invalid", "Invalid sync token value.")
    if token["single"] != (query.get("singleEvents") == "true"):
        raise GoogleError(400, "invalid", "The request parameters must be those of the initial request.")
    if token["number"] < calendar.oldest_token:
        raise expired
    return int(token["number"])


def _changed(calendar: Calendar, since: int, upto: int, *, single: bool, now: datetime) -> list[Event]:
    """What changed after `since`, tombstones included, in the order of the changes."""
    keys = sorted((number, key) for key, number in calendar.numbers.items() if since < number <= upto)
    changed = [calendar.events[key] for _, key in keys]
    if not single:
        return changed
    found: list[Event] = []
    for event in changed:
        if event.get("recurrence") and event["status"] != "cancelled":
            found += instances(event, calendar, now - EXPANDED, now + EXPANDED, deleted=True)
        else:
            found.append(event)
    return found


def _all(calendar: Calendar, query: dict[str, str], *, single: bool) -> list[Event]:
    after, before = _bounds(query)
    deleted = query.get("showDeleted") == "true"
    if single:
        found: Iterable[Event] = _expanded(calendar, after, before, deleted=deleted)
    else:
        found = [each for each in calendar.events.values() if _overlaps(each, calendar, after, before)]
        # an exception that was cancelled is listed with its series: nobody could know of the gap otherwise
        found = [each for each in found if deleted or each["status"] != "cancelled" or _has_series(each, calendar)]
    return [each for each in found if _fits(each, query)]


def _has_series(event: Event, calendar: Calendar) -> bool:
    master = calendar.events.get(event.get("recurringEventId", ""))
    return master is not None and master["status"] != "cancelled"


def _expanded(
    calendar: Calendar, after: datetime | None, before: datetime | None, *, deleted: bool = False
) -> Iterable[Event]:
    for event in list(calendar.events.values()):
        if event.get("recurringEventId"):
            continue
        if event["status"] == "cancelled":
            if deleted:
                yield event
        elif event.get("recurrence"):
            yield from instances(event, calendar, after, before, deleted=deleted)
        elif _overlaps(event, calendar, after, before):
            yield event


def _overlaps(event: Event, calendar: Calendar, after: datetime | None, before: datetime | None) -> bool:
    if "start" not in event:
        return True
    starts = moment(event["start"], calendar)
    ends = starts + length(event, calendar)
    if event.get("recurrence"):
        return next(iter(instances(event, calendar, after, before)), None) is not None
    return (before is None or starts < before) and (after is None or ends > after or starts == ends > after)


def _fits(event: Event, query: dict[str, str]) -> bool:
    if (words := query.get("q", "").lower()) and words not in str(event.get("summary", "")).lower():
        return False
    if (uid := query.get("iCalUID")) and event.get("iCalUID") != uid:
        return False
    if (since := query.get("updatedMin")) and time_of(event["updated"]) < time_of(since):
        return False
    if wanted := query.get("privateExtendedProperty"):
        name, _, value = wanted.partition("=")
        return str(event.get("extendedProperties", {}).get("private", {}).get(name, "")) == value
    return True


def _sorted(found: list[Event], query: dict[str, str], calendar: Calendar) -> list[Event]:
    if query.get("orderBy") == "startTime":
        return sorted(found, key=lambda each: moment(each.get("start") or each["originalStartTime"], calendar))
    if query.get("orderBy") == "updated":
        return sorted(found, key=lambda each: str(each["updated"]))
    return found


def _answer(
    calendar: Calendar, found: list[Event], query: dict[str, str], upto: int, page: dict[str, Any] | None
) -> dict[str, Any]:
    size = min(max(int(query.get("maxResults") or DEFAULT_PAGE), 1), calendar.largest_page)
    start = page["offset"] if page else 0
    answer: dict[str, Any] = {
        "kind": "calendar#events",
        "etag": f'"p{calendar.number}"',
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "accessRole": calendar.access_role,
        "defaultReminders": [],
        "items": found[start : start + size],
    }
    if start + size < len(found):
        answer["nextPageToken"] = _pack({"offset": start + size, "upto": upto})
    return answer


def _page_of(query: dict[str, str]) -> dict[str, Any] | None:
    return _unpack(query["pageToken"]) if query.get("pageToken") else None


def _bounds(query: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    after = time_of(query["timeMin"]) if query.get("timeMin") else None
    before = time_of(query["timeMax"]) if query.get("timeMax") else None
    if after and before and after >= before:
        raise GoogleError(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    return after, before


def time_of(text: str) -> datetime:
    """A moment of RFC 3339, with its zone. Raises GoogleError."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise GoogleError(400, "badRequest", "Bad Request")
    return found


def _is_at(start: dict[str, str], wanted: str, calendar: Calendar, *, exactly: bool) -> bool:
    if exactly:
        return wanted in start.values()
    if "date" in start:
        return start["date"] == wanted[:10]
    return moment(start, calendar) == moment({"dateTime": wanted}, calendar)


def _pack(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unpack(text: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise GoogleError(400, "invalid", "Invalid sync token value.")
    return found
