"""How Google expands a recurring event: on the wall clock of its zone, each date with its exceptions."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from buildos_app.sandbox.google.world import Calendar, Event, GoogleError

MOST_INSTANCES = 2500


def zone_of(name: str) -> ZoneInfo:
    """An IANA zone. Raises GoogleError."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        raise GoogleError(400, "invalid", f"Invalid time zone definition: {name}") from None


def moment(value: dict[str, Any], calendar: Calendar) -> datetime:
    """When a start or an end is, aware; a day begins at midnight of its calendar's zone."""
    if value.get("date"):
        return datetime.combine(date.fromisoformat(value["date"]), time(), zone_of(calendar.time_zone))
    found = datetime.fromisoformat(value["dateTime"].replace("Z", "+00:00"))
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone_of(value.get("timeZone") or calendar.time_zone))
    return found


def is_all_day(event: Event) -> bool:
    """Does it have days instead of times?"""
    return "date" in event["start"]


def length(event: Event, calendar: Calendar) -> timedelta:
    """How long it lasts; for days, by the calendar and not by the clock."""
    if is_all_day(event):
        return date.fromisoformat(event["end"]["date"]) - date.fromisoformat(event["start"]["date"])
    return moment(event["end"], calendar) - moment(event["start"], calendar)


def check_rules(event: Event, calendar: Calendar) -> None:
    """Raises GoogleError for what is no recurrence."""
    try:
        next(iter(_wall_dates(event, calendar)), None)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise GoogleError(400, "invalid", "Invalid recurrence rule.") from None


def instances(
    event: Event, calendar: Calendar, after: datetime | None, before: datetime | None, *, deleted: bool = False
) -> Iterator[Event]:
    """The instances that end after `after` and begin before `before`, exceptions in their places, in order."""
    exceptions = {
        each["originalStartTime"].get("dateTime") or each["originalStartTime"]["date"]: each
        for each in calendar.events.values()
        if each.get("recurringEventId") == event["id"]
    }
    found = []
    for wall in _wall_dates(event, calendar):
        instance = _instance(event, calendar, wall)
        key = instance["originalStartTime"].get("dateTime") or instance["originalStartTime"]["date"]
        if before is not None and moment(instance["start"], calendar) >= before and key not in exceptions:
            break
        found.append(exceptions.get(key, instance))
        if len(found) >= MOST_INSTANCES:
            break
    for each in sorted(found, key=lambda item: moment(item.get("start") or item["originalStartTime"], calendar)):
        if each.get("status") == "cancelled":
            if deleted:
                yield each
            continue
        starts = moment(each["start"], calendar)
        if (before is None or starts < before) and (after is None or starts + length(each, calendar) > after):
            yield each


def find_instance(event: Event, calendar: Calendar, instance_id: str) -> Event | None:
    """The unchanged instance with this id."""
    for wall in _wall_dates(event, calendar):
        instance = _instance(event, calendar, wall)
        if instance["id"] == instance_id:
            return instance
        if instance["id"] > instance_id:
            return None
    return None


def _wall_dates(event: Event, calendar: Calendar) -> Iterator[datetime]:
    """The starts on the wall clock of the event's zone, without zone."""
    zone = _zone(event, calendar)
    first = moment(event["start"], calendar).astimezone(zone).replace(tzinfo=None)
    if is_all_day(event):
        first = datetime.combine(date.fromisoformat(event["start"]["date"]), time())
    rules = rruleset()
    for line in event["recurrence"]:
        name, _, value = line.partition(":")
        kind, _, parameters = name.partition(";")
        if kind == "RRULE":
            rules.rrule(rrulestr(_on_the_wall(value, zone, is_all_day(event)), dtstart=first))  # type: ignore[arg-type]
        elif kind in ("EXDATE", "RDATE"):
            for each in value.split(","):
                (rules.exdate if kind == "EXDATE" else rules.rdate)(_wall(each, parameters, zone))
        else:
            raise ValueError(kind)
    for count, wall in enumerate(rules):
        if count >= MOST_INSTANCES:
            return
        yield wall


def _zone(event: Event, calendar: Calendar) -> ZoneInfo:
    return zone_of(event["start"].get("timeZone") or calendar.time_zone)


def _on_the_wall(rule: str, zone: ZoneInfo, all_day: bool) -> str:
    """The rule with its UNTIL on the wall clock."""
    parts = []
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name == "UNTIL":
            until = datetime.strptime(value[:15].rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")  # noqa: DTZ007
            if value.endswith("Z"):
                until = until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
            if all_day or "T" not in value:
                until = datetime.combine(until.date(), time(23, 59, 59) if not all_day else time())
            value = until.strftime("%Y%m%dT%H%M%S")
        parts.append(f"{name}={value}")
    return ";".join(parts)


def _wall(value: str, parameters: str, zone: ZoneInfo) -> datetime:
    if "T" not in value:
        return datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007
    found = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    if value.endswith("Z"):
        return found.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    named = dict(part.split("=", 1) for part in parameters.split(";") if "=" in part).get("TZID")
    return found.replace(tzinfo=zone_of(named)).astimezone(zone).replace(tzinfo=None) if named else found


def _instance(event: Event, calendar: Calendar, wall: datetime) -> Event:
    kept = {name: value for name, value in event.items() if name not in ("recurrence", "start", "end", "id")}
    if is_all_day(event):
        days = length(event, calendar)
        start = {"date": wall.date().isoformat()}
        end = {"date": (wall.date() + days).isoformat()}
        suffix = f"{wall:%Y%m%d}"
    else:
        zone = _zone(event, calendar)
        begins = wall.replace(tzinfo=zone).astimezone(UTC)
        ends = (begins + length(event, calendar)).astimezone(zone)
        start = {"dateTime": begins.astimezone(zone).isoformat(), "timeZone": zone.key}
        end = {"dateTime": ends.isoformat(), "timeZone": event["end"].get("timeZone") or zone.key}
        suffix = f"{begins:%Y%m%dT%H%M%SZ}"
    return {
        **kept,
        "id": f"{event['id']}_{suffix}",
        "recurringEventId": event["id"],
        "originalStartTime": dict(start),
        "start": start,
        "end": end,
    }
