"""What a calendar lacks: each task compared with what was agreed, as a list of calls to ask for.

An event's id is ours and stands in its link before the calendar is asked, so that an answer which was lost leads to the
same event and never to a second one.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.content import SCHEDULE, TITLE, Content, as_event, without_nulls
from buildos_app.calendar.merge import is_too_much
from buildos_app.calendar.pull import count_linked, held
from buildos_app.calendar.settle import MARK
from buildos_app.calendar.tasks import Pair, closed_dates, content_of, pairs_of, person_zone, unlinked_tasks
from buildos_app.calendar_port import Event
from buildos_app.clock import now
from buildos_app.models.base import new_id
from buildos_app.models.calendar import Calendar, CalendarLink, LinkStatus
from buildos_app.models.project import Task
from buildos_app.settings import get_settings

BATCH = 500
ID_PREFIX = "bos"
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:calendar_id, 0))")
"""Not the calendar's row: tasks are locked before it, by the links that a plan adds too (tell_calendar.sql)."""


@dataclass(frozen=True)
class Step:
    """One call: `kind` is insert, patch, delete, look (at the moved dates of a series), cancel or restore (a date)."""

    kind: str
    link_id: UUID
    event_id: str
    etag: str = ""
    content: Content | None = None
    body: Event | None = None
    day: str = ""
    original: str = ""
    series_event_id: str = ""


@dataclass(frozen=True)
class Plan:
    """What has to be asked for, and whether that must wait for the person's word."""

    steps: list[Step]
    held: bool = False


async def plan_push(session: AsyncSession, user_id: UUID, calendar: Calendar) -> Plan:
    """What the calendar lacks. New events get their link, and with it their id, in this transaction."""
    if not calendar.is_writable:
        return Plan([])
    await session.execute(_ONE_AT_A_TIME, {"calendar_id": str(calendar.id)})
    zone = await person_zone(session)
    pairs = await pairs_of(session, calendar.id)
    deletes = [pair for pair in pairs if _shall_go(pair, zone)]
    linked = await count_linked(session, calendar.id)
    row = await session.get(Calendar, calendar.id, populate_existing=True)
    if row is None or (not row.allowed and is_too_much(len(deletes), linked)):
        if row is not None:
            row.held = held("out", deletes, linked)
        return Plan([], held=True)
    going = {pair.link.id for pair in deletes}
    steps = [_delete(pair) for pair in deletes]
    closed = await closed_dates(session, pairs)
    for pair in pairs:
        if pair.link.id not in going:
            steps += _changes(pair, zone, closed)
    steps += await _new_events(session, user_id, calendar.id, await unlinked_tasks(session, calendar, now()), zone)
    return Plan(steps[:BATCH])


def _shall_go(pair: Pair, zone: ZoneInfo) -> bool:
    if pair.link.status == LinkStatus.OFF:
        return pair.link.etag != ""
    return pair.ours(zone) is None


def _delete(pair: Pair) -> Step:
    return Step("delete", pair.link.id, pair.link.event_id, pair.link.etag)


def _changes(pair: Pair, zone: ZoneInfo, closed: dict[UUID, set[str]]) -> list[Step]:
    link, ours, base = pair.link, pair.ours(zone), pair.base
    if link.status == LinkStatus.OFF or ours is None or pair.task is None:
        return []
    if not link.etag:
        return [_insert(link, pair.task, ours, zone)]
    if base is None or ours != base:
        body = _patch_body(base, ours, zone)
        return [Step("patch", link.id, link.event_id, link.etag, ours, body)]
    if link.base.get("look"):
        return [Step("look", link.id, link.event_id)]
    if not ours.rule:
        return []
    gone = closed.get(pair.task.id, set())
    steps = [("cancel", day) for day in sorted(gone - pair.gone)]
    steps += [("restore", day) for day in sorted(pair.gone - gone) if _was_ours(pair, day)]
    return [_of_date(kind, link, ours, day, zone) for kind, day in steps]


def _of_date(kind: str, link: CalendarLink, ours: Content, day: str, zone: ZoneInfo) -> Step:
    usual = replace(ours, start=ours.start_on(date.fromisoformat(day), zone), rule="", ends="")
    body = as_event(usual, zone) | {"status": "confirmed"}
    del body["recurrence"]
    return Step(kind, link.id, link.event_id, body=body, day=day, original=_original(ours, day, zone))


def _was_ours(pair: Pair, day: str) -> bool:
    """Dates before the link began were never asked about."""
    return pair.link.since is None or day >= pair.link.since.isoformat()


async def _new_events(
    session: AsyncSession, user_id: UUID, calendar_id: UUID, tasks: list[Task], zone: ZoneInfo
) -> list[Step]:
    """The events of tasks that have none yet; their links are written all at once."""
    series = await _series_of(session, calendar_id, tasks)
    links, steps = [], []
    for task in tasks:
        ours = content_of(task, zone)
        if ours is None or (not ours.rule and ours.moment(zone) + timedelta(minutes=ours.minutes) <= now()):
            continue
        link = CalendarLink(
            id=new_id(),
            user_id=user_id,
            calendar_id=calendar_id,
            task_id=task.id,
            event_id=ID_PREFIX + secrets.token_hex(16),
            status=LinkStatus.SENT,
            base={"content": ours.as_json(), "gone": []},
            since=now().astimezone(zone).date(),
        )
        if task.series_id and task.series_date and not task.recurrence_pattern:
            link.series_event_id, link.original_start = _instance_of(series.get(task.series_id), task.series_date, zone)
        links.append(link)
        steps.append(_insert(link, task, ours, zone))
    session.add_all(links)
    await session.flush()
    return steps


async def _series_of(session: AsyncSession, calendar_id: UUID, tasks: list[Task]) -> dict[UUID, CalendarLink]:
    """The links of the series that some of the tasks are dates of, by the id of the series."""
    wanted = {task.series_id for task in tasks if task.series_id}
    if not wanted:
        return {}
    query = sa.select(CalendarLink).where(
        col(CalendarLink.task_id).in_(wanted),
        col(CalendarLink.calendar_id) == calendar_id,
        col(CalendarLink.etag) != "",
    )
    return {link.task_id: link for link in (await session.execute(query)).scalars() if link.task_id}


def _instance_of(series: CalendarLink | None, day: date, zone: ZoneInfo) -> tuple[str, str]:
    """The event of the series that a task is one date of, and when that date was to begin."""
    content = Content.from_json(series.base.get("content", {})) if series else None
    if series is None or content is None or not content.rule:
        return "", ""
    return series.event_id, _original(content, day.isoformat(), zone)


def _insert(link: CalendarLink, task: Task, ours: Content, zone: ZoneInfo) -> Step:
    body = without_nulls(as_event(ours, zone)) | {
        "id": link.event_id,
        "description": _description(task),
        "extendedProperties": {"private": {MARK: str(task.id), "buildosUser": str(task.user_id)}},
    }
    return Step(
        "insert",
        link.id,
        link.event_id,
        content=ours,
        body=body,
        original=link.original_start,
        series_event_id=link.series_event_id,
    )


def _patch_body(base: Content | None, ours: Content, zone: ZoneInfo) -> Event:
    """Only what differs: what else stands in the event is none of ours."""
    event = as_event(ours, zone)
    names = []
    if base is None or not ours.same(base, TITLE):
        names.append("summary")
    if base is None or not ours.same(base, SCHEDULE):
        names += ["start", "end"]
        if ours.rule or (base is not None and base.rule):
            names.append("recurrence")
    return {name: event[name] for name in names}


def _description(task: Task) -> str:
    link = f"{get_settings().base_url}/?task={task.id}"
    return "\n\n".join(filter(None, [task.details[:2000].strip(), link]))


def _original(content: Content, day: str, zone: ZoneInfo) -> str:
    """When a date of a series was to begin, as `originalStart` is written."""
    start = content.start_on(date.fromisoformat(day), zone)
    return start if content.is_all_day else start.replace("+00:00", "Z")
