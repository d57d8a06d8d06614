"""The linked calendar: connecting, choosing, mapping projects, the feed."""

from dataclasses import dataclass

import reflex as rx
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.calendar import connect
from buildos_app.calendar.channels import has_channel
from buildos_app.calendar.connect import CalendarView
from buildos_app.calendar.ending import begin_ending
from buildos_app.calendar.feed import feed_address, turn_feed
from buildos_app.calendar.jobs import SyncCalendar
from buildos_app.clock import now
from buildos_app.models.calendar import ConnectionStatus
from buildos_app.projects.queries import list_project_names
from buildos_app.queue.client import add_job
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import ago_words

PROBLEMS = {
    "denied": "You said no at Google, so nothing was connected. Connect again whenever you like.",
    "state": "That sign-in was too old, or was begun in another browser. Connect again from here.",
    "unavailable": "Google did not answer. Wait a minute, then connect again.",
    "refused": "Google refused the sign-in. Connect again, and leave the box for the calendar ticked.",
    "not_possible": "No sign-in could be begun. Wait ten minutes, then connect again.",
}


@dataclass(frozen=True)
class CalendarRow:
    """A calendar in the list."""

    id: str
    name: str
    detail: str
    color: str
    chosen: bool
    fixed: bool
    problem: str
    waits: str


@dataclass(frozen=True)
class ProjectRow:
    """A project and the calendar that its tasks go to."""

    id: str
    name: str
    calendar_id: str


@dataclass(frozen=True)
class Option:
    """A calendar to choose."""

    id: str
    name: str


class CalendarSettingsState(SessionState):
    """What the section shows; `status` is none, connected, revoked or ending."""

    loaded: bool = False
    provider: str = ""
    can_push: bool = False
    pushes: bool = False
    status: str = "none"
    email: str = ""
    auto: bool = True
    calendars: list[CalendarRow] = []
    projects: list[ProjectRow] = []
    options: list[Option] = []
    feed: str = ""
    problem: str = ""
    just_connected: bool = False

    @rx.event
    async def load(self):
        """Read everything, and what came back from the consent page."""
        query = self.router.url.query_parameters
        self.problem = PROBLEMS.get(query.get("error", ""), "")
        self.just_connected = bool(query.get("connected")) and not self.problem
        await self._read()

    @rx.event
    async def refresh(self):
        """Read what may have changed."""
        await self._read()

    @rx.event
    async def choose(self, calendar_id: str, chosen: bool):
        """Follow a calendar, or no longer."""
        async with self._db() as session:
            await connect.choose(session, self._user_id, parse_id(calendar_id), chosen=chosen)
        await self._read()

    @rx.event
    async def set_auto(self, wanted: bool):
        """Do tasks with a start go to the calendar by themselves?"""
        async with self._db() as session:
            await connect.set_auto_schedule(session, self._user_id, wanted=wanted)
        await self._read()

    @rx.event
    async def map_project(self, project_id: str, calendar_id: str):
        """Let a project's tasks go to a calendar; an empty id means the main one."""
        target = parse_id(calendar_id) if calendar_id else None
        async with self._db() as session:
            await connect.map_project(session, self._user_id, parse_id(project_id), target)
        await say(self, "Its tasks go there from now on")
        await self._read()

    @rx.event
    async def sync_now(self):
        """Sync soon, the list of calendars too. A job does it: however often this is asked, one at a time."""
        async with self._db() as session:
            await connect.want_sync(session, self._user_id)
        await say(self, "Syncing", "info")
        await self._read()

    @rx.event
    async def decide(self, calendar_id: str, go_on: bool):
        """The word on a sync that would remove a lot."""
        async with self._db() as session:
            await connect.decide_held(session, self._user_id, parse_id(calendar_id), go_on=go_on)
        await self._read()

    @rx.event
    async def disconnect(self, remove: bool):
        """End the connection; events of tasks stay in Google, or are removed."""
        async with self._db() as session:
            await begin_ending(session, self._user_id)
            await add_job(session, self._user_id, SyncCalendar(disconnect="remove" if remove else "keep"))
        await say(self, "Disconnecting", "info")
        await self._read()

    @rx.event
    async def turn_feed(self, on: bool):
        """A new secret address, or none."""
        async with self._db() as session:
            await turn_feed(session, self._user_id, on=on)
        await self._read()

    async def _read(self) -> None:
        provider = the_ports().calendar
        self.provider, self.can_push = provider.name, provider.can_push_to_us
        async with self._db() as session:
            connection = await connect.get_connection(session)
            self.feed = await feed_address(session, self._user_id)
            self.pushes = await has_channel(session)
            if connection is not None:
                await self._read_calendars(session)
        self.status = connection.status if connection else "none"
        self.email = connection.email if connection else ""
        self.auto = connection.auto_schedule if connection else True
        if self.status != ConnectionStatus.CONNECTED:
            self.calendars, self.projects, self.options = [], [], []
        self.loaded = True

    async def _read_calendars(self, session: AsyncSession) -> None:
        found = await connect.list_calendars(session)
        mapped = await connect.project_calendars(session)
        names = await list_project_names(session, limit=100)
        self.calendars = [_row(each) for each in found]
        self.options = [Option(str(each.id), each.name) for each in found if each.is_writable and not each.is_primary]
        self.projects = [ProjectRow(str(key), name, str(mapped.get(key, ""))) for key, name in names.items()]


def _row(calendar: CalendarView) -> CalendarRow:
    facts = ["main calendar"] if calendar.is_primary else []
    facts += [] if calendar.is_writable else ["read only"]
    if calendar.is_chosen:
        synced = calendar.last_synced_at
        facts.append(f"synced {ago_words(synced, now())}" if synced else "first sync is on its way")
    return CalendarRow(
        id=str(calendar.id),
        name=calendar.name,
        detail=" · ".join(facts),
        color=calendar.color if calendar.color.startswith("#") and len(calendar.color) == 7 else "#888888",
        chosen=calendar.is_chosen,
        fixed=calendar.is_primary,
        problem=calendar.error,
        waits=_held_words(calendar),
    )


def _held_words(calendar: CalendarView) -> str:
    if not calendar.held:
        return ""
    count, of = calendar.held.get("count"), calendar.held.get("of")
    if calendar.held.get("direction") == "in":
        return f"{count} of {of} events of your tasks are gone in Google. Shall their tasks lose their dates?"
    return f"{count} of {of} events would be removed from Google, because their tasks are done or gone. Remove them?"


read_again(routes.settings("calendar"), CalendarSettingsState.refresh)
