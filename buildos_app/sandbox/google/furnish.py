"""What a newcomer finds in a calendar that the sandbox makes up: a few believable days."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from buildos_app.clock import zone
from buildos_app.sandbox.google.events import insert
from buildos_app.sandbox.google.world import Account, Calendar, World

_WEEK = (
    ("Team stand-up", 0, time(9, 30), 15, ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"]),
    ("Dentist", 1, time(11), 45, None),
    ("Lunch with Ana", 2, time(12, 30), 60, None),
    ("Quarterly review", 3, time(14), 90, None),
)


def furnish(world: World, email: str) -> Account:
    """An account with three calendars and some events of this week and the next."""
    account = world.account(email)
    primary = account.calendar("primary")
    family = Calendar(f"family.{email}@group.calendar.google.com", "Family", primary.time_zone, color="#0b8043")
    holidays = Calendar(
        f"holidays.{email}@group.v.calendar.google.com", "Holidays", "UTC", access_role="reader", color="#8e24aa"
    )
    account.calendars |= {family.id: family, holidays.id: holidays}
    monday = datetime.now(UTC).date() - timedelta(days=datetime.now(UTC).weekday())
    for title, day, clock, minutes, rules in _WEEK:
        start = datetime.combine(monday + timedelta(days=day), clock, zone(primary.time_zone))
        _add(world, primary, title, start, minutes, rules)
    start = datetime.combine(monday + timedelta(days=5), time(10), zone(family.time_zone))
    _add(world, family, "Swimming", start, 60, ["RRULE:FREQ=WEEKLY;BYDAY=SA"])
    return account


def _add(world: World, calendar: Calendar, title: str, start: datetime, minutes: int, rules: list[str] | None) -> None:
    end = start + timedelta(minutes=minutes)
    body: dict[str, Any] = {
        "summary": title,
        "start": {"dateTime": start.isoformat(), "timeZone": calendar.time_zone},
        "end": {"dateTime": end.isoformat(), "timeZone": calendar.time_zone},
    }
    insert(world, calendar, body | ({"recurrence": rules} if rules else {}))
