"""The state that every page shares: who is here, what is new, what runs. It is read again at each announcement."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import Profile, get_profile
from buildos_app.brain_dumps.history import BeingRead, list_being_read
from buildos_app.db.session import user_session
from buildos_app.integrations.connect import engine_name
from buildos_app.projects.queries import ProjectView, list_projects
from buildos_app.queue.queries import JobView, list_current_jobs
from buildos_app.settings import get_settings
from buildos_app.ui.news import News
from buildos_app.ui.push import hub
from buildos_app.ui.running import Running
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import NavProject, nav_project

PROJECTS_IN_NAVIGATION = 8
LONGEST_REPORT = 500


@dataclass(frozen=True)
class Snapshot:
    """All that the shell shows of one person, read in one transaction for all their tabs."""

    profile: Profile
    running: list[JobView]
    dumps: list[BeingRead]
    projects: list[ProjectView]


async def load_snapshot(owner: str) -> Snapshot:
    """Read a person's snapshot."""
    async with user_session(UUID(owner)) as session:
        return Snapshot(
            profile=await get_profile(session, UUID(owner)),
            running=await list_current_jobs(session),
            dumps=await list_being_read(session),
            projects=await list_projects(session, limit=PROJECTS_IN_NAVIGATION),
        )


class Inbox(SessionState):
    """What the shell draws. Rebuilt from the tables whenever a tab opens, comes back or is woken."""

    ready: bool = False
    name: str = ""
    email: str = ""
    is_admin: bool = False
    engine: str = ""
    projects: list[NavProject] = []
    answer: dict[str, str | int] = {"number": 0, "kind": "info", "text": "", "undo": 0}
    refusals: int = 0
    _opened: int = 0

    @rx.event
    async def open(self):
        """For a page that opens: what the page shows, it reads itself, once."""
        self._opened += 1
        await self._read()
        return [reader.handler for reader in READERS if reader.address == PANEL]

    @rx.event
    async def sync(self):
        """Read the snapshot; then let the page of this tab read again what depends on it."""
        await self._read()
        return self._readers()

    @rx.event
    async def look(self, tables: list[str]):
        """After rows of these tables changed, and nothing else: let the page read again what hangs on them."""
        if "projects" in tables:
            await self._read()
        return self._readers(set(tables))

    def _readers(self, tables: set[str] | None = None) -> list[rx.EventHandler]:
        url = self.router.url
        here = {reader for reader in READERS if reader.address == PANEL} if "task" in url.query_parameters else set()
        here |= {reader for reader in READERS if _shows(url.path, reader.address)}
        hanging = [reader for reader in READERS if reader.rows is None or tables is None or tables & reader.rows]
        return [reader.handler for reader in hanging if reader in here]

    async def _read(self) -> None:
        snapshot: Snapshot = await hub.snapshot(self._owner, load_snapshot)
        self.name, self.email = snapshot.profile.name, snapshot.profile.email
        self.is_admin = snapshot.profile.is_admin
        self.engine = engine_name(get_settings())
        await (await self.get_state(News))._read()
        (await self.get_state(Running))._show(snapshot.running, snapshot.dumps, snapshot.profile.timezone)
        self.projects = [nav_project(item) for item in snapshot.projects]
        self.ready = True

    @rx.event
    async def report(self, problem: str):
        """Tell the person what kept their last action from working; the page then shows what is there now."""
        self.refusals += 1
        await say(self, problem[:LONGEST_REPORT], "error")
        return Inbox.sync

    @rx.event
    async def fail(self, problem: str):
        """Tell the person of an error of ours. Nothing is read again: that may be what failed, and would for ever."""
        await say(self, problem[:LONGEST_REPORT], "error")


PANEL = "?task"
"""Over any page: the address names a task."""


@dataclass(frozen=True)
class Reader:
    """What a tab reads again while it shows an address."""

    address: str
    handler: rx.EventHandler
    rows: frozenset[str] | None


READERS: list[Reader] = []


def read_again(address: str, handler: rx.EventHandler, *, rows: Collection[str] | None = None) -> None:
    """Run a page's handler after each announcement while a tab shows `address`, or one below it if it ends in "/".

    A `*` stands for one part of the address: "/projects/*/notes". `rows` names the tables on which it hangs beside news
    and jobs; not said, it hangs on all of the person's.
    """
    READERS.append(Reader(address, handler, None if rows is None else frozenset(rows)))


def _shows(path: str, address: str) -> bool:
    if len(address) > 1 and address.endswith("/"):
        return path.startswith(address)
    parts, wanted = path.split("/"), address.split("/")
    return len(parts) == len(wanted) and all(want in ("*", part) for part, want in zip(parts, wanted, strict=True))


async def say(state: SessionState, text: str, kind: str = "success", *, undo: bool = False) -> None:
    """Give the person of this tab a short answer as a toast; `kind` is success, info, warning or error.

    With `undo` it has a button that takes the last change back; `offer_undo` of `ui/tasks/undo.py` keeps the change.
    """
    inbox = await state.get_state(Inbox)
    inbox.answer = {"number": int(inbox.answer["number"]) + 1, "kind": kind, "text": text, "undo": int(undo)}
