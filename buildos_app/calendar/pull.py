"""From the calendar to the tasks: read what changed without a transaction, then save it, and the token, in one."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.account import Account, Sessions
from buildos_app.calendar.merge import is_too_much
from buildos_app.calendar.settle import MARK, Settler, find_marked
from buildos_app.calendar.tasks import Pair, pairs_of, person_zone
from buildos_app.calendar_port import Event, EventGone, SyncTokenExpired
from buildos_app.clock import now
from buildos_app.errors import Conflict, RequestRejected
from buildos_app.models.calendar import Calendar, CalendarLink, LinkStatus
from buildos_app.projects.history import because

MOST_PAGES = 200
CAUSE = "calendar:"
OTHER_SYNC = "Another sync of this calendar was faster."


@dataclass
class Changes:
    """What a listing brought: only events that concern our tasks are kept. `seen` are all ids of a full listing."""

    events: list[Event] = field(default_factory=list)
    sync_token: str = ""
    is_full: bool = False
    seen: set[str] = field(default_factory=set)
    count: int = 0


@dataclass(frozen=True)
class Saved:
    """What a pull did: how many tasks changed; `held` when it must wait for the person's word."""

    changed: int = 0
    held: bool = False


async def read_changes(sessions: Sessions, account: Account, calendar: Calendar) -> Changes:
    """Everything that changed since the calendar's token; with no token, or one that ran out, everything there is.

    A token that runs out in the middle of the pages throws away what was read: the full listing has it all.
    """
    async with sessions() as session:
        known = await _known_ids(session, calendar.id)
    try:
        changes = await _list(account, calendar.remote_id, calendar.sync_token, known)
    except SyncTokenExpired:
        changes = await _list(account, calendar.remote_id, "", known)
    if changes.is_full:
        changes.events += await _look_for_the_missing(sessions, account, calendar, changes.seen)
    return changes


async def save_changes(
    session: AsyncSession, user_id: UUID, calendar: Calendar, changes: Changes, skew: timedelta
) -> Saved:
    """Apply the changes and advance the token, all or nothing.

    Raises Conflict when another sync of the calendar saved something since `calendar` was read.
    """
    await because(session, f"{CAUSE}{calendar.id}")
    ids = {str(event["id"]) for event in changes.events} | {_series_of(event) for event in changes.events}
    pairs = {pair.link.event_id: pair for pair in await pairs_of(session, calendar.id, ids - {""})}
    row = await _locked(session, calendar)
    removals = [pairs[each["id"]] for each in changes.events if _is_gone(each) and each["id"] in pairs]
    if not row.allowed and is_too_much(len(removals), await count_linked(session, calendar.id)):
        row.held = held("in", removals, await count_linked(session, calendar.id))
        return Saved(held=True)
    settler = Settler(session, user_id, calendar.id, await person_zone(session), skew)
    await _settle_all(session, settler, pairs, changes.events)
    row.sync_token, row.last_synced_at, row.error = changes.sync_token, now(), ""
    row.held = {}
    return Saved(changed=settler.changed)


async def _settle_all(session: AsyncSession, settler: Settler, pairs: dict[str, Pair], events: list[Event]) -> None:
    """Whatever order they came in: what we know, what joins it, such as the rest of a split series, then instances."""
    strangers = [each for each in events if each["id"] not in pairs and not _is_gone(each) and not _series_of(each)]
    marked = await find_marked(session, strangers)
    for event in sorted(events, key=lambda each: (bool(_series_of(each)), each["id"] not in pairs)):
        pair, series = pairs.get(event["id"]), pairs.get(_series_of(event))
        await _up_to_date(session, pair, series)
        if pair is not None and sa.inspect(pair.link).session is not None and not _is_deleted(pair):
            await settler.settle(pair, event)
            if _is_gone(event):
                for each in _instances_of(pairs, event["id"]):
                    await settler.deleted(each, now())
        elif series is not None and not _is_deleted(series):
            await settler.settle_instance(series, event)
        elif event["id"] in marked:
            await settler.adopt(event, *marked[event["id"]])
    await session.flush()


async def _up_to_date(session: AsyncSession, *pairs: Pair | None) -> None:
    """What was settled before may have changed the same task by statements that its object does not know of."""
    for pair in pairs:
        if pair is not None and pair.task is not None and sa.inspect(pair.task).expired_attributes:
            await session.refresh(pair.task)


def held(direction: str, pairs: list[Pair], linked: int) -> dict[str, object]:
    """Why a sync waits, for the person to read and to decide."""
    links = [str(pair.link.id) for pair in pairs]
    return {"direction": direction, "count": len(pairs), "of": linked, "links": links}


async def count_linked(session: AsyncSession, calendar_id: UUID) -> int:
    """How many events of tasks stand in the calendar."""
    query = sa.select(sa.func.count()).where(
        col(CalendarLink.calendar_id) == calendar_id, col(CalendarLink.status) == LinkStatus.SYNCED
    )
    return int((await session.execute(query)).scalar_one())


async def _list(account: Account, remote_id: str, token: str, known: set[str]) -> Changes:
    changes, page = Changes(is_full=not token), ""
    for _ in range(MOST_PAGES):
        listed = await account.call(lambda client, page=page: client.changes(remote_id, token, page))  # type: ignore[misc]
        changes.count += len(listed.events)
        for event in listed.events:
            if changes.is_full:
                changes.seen.add(str(event.get("id")))
            if _concerns_us(event, known):
                changes.events.append(event)
        page = listed.next_page
        if not page:
            changes.sync_token = listed.sync_token
            return changes
    raise RequestRejected("This calendar has too many events to be read.")


async def _look_for_the_missing(
    sessions: Sessions, account: Account, calendar: Calendar, seen: set[str]
) -> list[Event]:
    """A full listing has no tombstones: each event of ours that is not in it is asked for by its id."""
    async with sessions() as session:
        query = sa.select(col(CalendarLink.event_id)).where(
            col(CalendarLink.calendar_id) == calendar.id,
            col(CalendarLink.etag) != "",
            col(CalendarLink.status) != LinkStatus.OFF,
        )
        missing = [event_id for event_id in (await session.execute(query)).scalars() if event_id not in seen]
    found: list[Event] = []
    for event_id in missing:
        try:
            event = await account.call(
                lambda client, event_id=event_id: client.get(calendar.remote_id, event_id)  # type: ignore[misc]
            )
        except EventGone:
            event = {"id": event_id, "status": "cancelled"}
        found.append(event)
    return found


async def _known_ids(session: AsyncSession, calendar_id: UUID) -> set[str]:
    query = sa.select(col(CalendarLink.event_id)).where(col(CalendarLink.calendar_id) == calendar_id)
    return set((await session.execute(query)).scalars())


async def _locked(session: AsyncSession, calendar: Calendar) -> Calendar:
    """The calendar's row, locked after the tasks. Raises Conflict when its token moved on."""
    query = sa.select(Calendar).where(col(Calendar.id) == calendar.id).with_for_update()
    row = (await session.execute(query, execution_options={"populate_existing": True})).scalar_one_or_none()
    if row is None or row.sync_token != calendar.sync_token:
        raise Conflict(OTHER_SYNC)
    return row


def _concerns_us(event: Event, known: set[str]) -> bool:
    mark = event.get("extendedProperties", {}).get("private", {}).get(MARK)
    return bool(mark) or event.get("id") in known or event.get("recurringEventId") in known


def _series_of(event: Event) -> str:
    return str(event.get("recurringEventId") or "")


def _is_gone(event: Event) -> bool:
    return event.get("status") == "cancelled"


def _is_deleted(pair: Pair) -> bool:
    state = sa.inspect(pair.link)
    return bool(state.deleted or state.was_deleted or state.detached)


def _instances_of(pairs: dict[str, Pair], series_id: str) -> list[Pair]:
    """The moved dates of a series that stood in the calendar."""
    own = [each for each in pairs.values() if each.link.series_event_id == series_id and each.link.etag]
    return [each for each in own if not _is_deleted(each)]
