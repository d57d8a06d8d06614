"""A copy of the weeks around today, for the calendar page and for what is free: read by each sync, event by event."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.account import Account, Sessions
from buildos_app.calendar.content import UNREADABLE
from buildos_app.calendar.meetings import meeting_of, place_of
from buildos_app.calendar_port import Event
from buildos_app.clock import now, zone
from buildos_app.models.base import new_id
from buildos_app.models.calendar import Calendar, CalendarEvent
from buildos_app.ports import BUSY_KNOWN
from buildos_app.projects.clashes import is_no_task

BACK = timedelta(days=15)
FRESH = timedelta(hours=6)
MOST_EVENTS = 3000
LONGEST_TITLE = 500
FACTS = "event_id series_event_id title starts_at ends_at is_all_day is_busy href place meeting".split()
"""Of an event: what the copy keeps."""


@dataclass(frozen=True)
class EventView:
    """An event of the person's calendars that is not the event of a task."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    is_busy: bool
    href: str
    calendar_name: str
    color: str


async def read_window(sessions: Sessions, account: Account, user_id: UUID, calendar: Calendar) -> None:
    """Read the copy of one calendar again."""
    after, before, page = now() - BACK, now() + BUSY_KNOWN, ""
    events: list[Event] = []
    while len(events) < MOST_EVENTS:
        listed = await account.call(
            lambda client, page=page: client.expanded(calendar.remote_id, after, before, page)  # type: ignore[misc]
        )
        events += listed.events
        page = listed.next_page
        if not page:
            break
    tz = zone(calendar.time_zone)
    wanted = {row["event_id"]: row for event in events if (row := _row(event, tz)) is not None}
    async with sessions() as session:
        stale = await _differences(session, calendar.id, wanted)
        if stale:
            await session.execute(sa.delete(CalendarEvent).where(col(CalendarEvent.id).in_(stale)))
        if wanted:
            of_calendar = {"user_id": user_id, "calendar_id": calendar.id}
            rows = [{"id": new_id(), **of_calendar, **row} for row in wanted.values()]
            await session.execute(sa.insert(CalendarEvent), rows)
        await session.execute(sa.update(Calendar).where(col(Calendar.id) == calendar.id).values(events_read_at=now()))


async def _differences(session: AsyncSession, calendar_id: UUID, wanted: dict[str, dict[str, Any]]) -> list[UUID]:
    """The rows that are no longer right; what stands as it should is taken out of `wanted`."""
    columns = [getattr(CalendarEvent, name) for name in FACTS]
    query = sa.select(col(CalendarEvent.id), *columns).where(col(CalendarEvent.calendar_id) == calendar_id)
    stale = []
    for row_id, *values in await session.execute(query):
        found = dict(zip(FACTS, values, strict=True))
        if wanted.get(found["event_id"]) == found:
            del wanted[found["event_id"]]
        else:
            stale.append(row_id)
    return stale


async def list_events(session: AsyncSession, after: datetime, before: datetime, *, limit: int = 500) -> list[EventView]:
    """The events that touch a span of time, without those of tasks, in their order."""
    columns = [getattr(CalendarEvent, name) for name in list(EventView.__dataclass_fields__)[:-2]]
    query: sa.Select[Any] = (
        sa.select(*columns, col(Calendar.name), col(Calendar.color))
        .join(Calendar, col(Calendar.id) == col(CalendarEvent.calendar_id))
        .where(
            col(Calendar.is_chosen),
            col(CalendarEvent.starts_at) < before,
            col(CalendarEvent.ends_at) > after,
            is_no_task(),
        )
        .order_by(col(CalendarEvent.starts_at), col(CalendarEvent.id))
        .limit(limit)
    )
    return [EventView(*row) for row in await session.execute(query)]


def _row(event: Event, tz: ZoneInfo) -> dict[str, Any] | None:
    try:
        starts, ends, all_day = _span(event, tz)
    except UNREADABLE:
        return None
    declined = any(each.get("self") and each.get("responseStatus") == "declined" for each in event.get("attendees", []))
    if event.get("status") == "cancelled" or declined:
        return None
    return {
        "event_id": str(event["id"]),
        "series_event_id": str(event.get("recurringEventId") or ""),
        "title": (str(event.get("summary") or "") or "(No title)").replace("\0", "")[:LONGEST_TITLE],
        "starts_at": starts,
        "ends_at": max(ends, starts + timedelta(minutes=1)),
        "is_all_day": all_day,
        "is_busy": event.get("transparency") != "transparent" and not all_day,
        "href": _safe(str(event.get("htmlLink") or "")),
        "place": place_of(event),
        "meeting": meeting_of(event),
    }


def _span(event: Event, tz: ZoneInfo) -> tuple[datetime, datetime, bool]:
    start, end = event["start"], event["end"]
    if start.get("date"):
        days = (datetime.combine(date.fromisoformat(each["date"]), time(), tz) for each in (start, end))
        first, last = days
        return first, last, True
    moments = [datetime.fromisoformat(str(each["dateTime"]).replace("Z", "+00:00")) for each in (start, end)]
    first, last = (each if each.tzinfo else each.replace(tzinfo=tz) for each in moments)
    return first, last, False


def _safe(href: str) -> str:
    return href if href.startswith("https://") else ""
