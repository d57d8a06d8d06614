"""What happened in a project, and what it said before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.projects.activity import Happening, list_activity
from buildos_app.projects.changes import restore_fields
from buildos_app.projects.versions import Difference, Version, get_version_data, list_versions
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import ago_words

PAGE = 30
VERSIONS = 12
MOST_LINES, LONGEST_LINE = 12, 240

WORDS = {
    "project_made": "The project was made",
    "project_changed": "The project was changed",
    "task_made": "New task",
    "task_done": "Done",
    "note_made": "New note",
    "dump_applied": "A dump was applied",
}


@dataclass(frozen=True)
class HappeningRow:
    """A line: what happened, to what, when, and where to look at it."""

    kind: str
    what: str
    title: str
    when: str
    href: str


@dataclass(frozen=True)
class ChangeRow:
    """A field that changed: the lines that went and the lines that came."""

    field: str
    removed: list[str]
    added: list[str]


@dataclass(frozen=True)
class VersionRow:
    """A version against the one before it, with the dump that caused it."""

    number: int
    when: str
    cause: str
    cause_href: str
    changes: list[ChangeRow]


class ActivityState(SessionState):
    """The latest first, a page at a time."""

    rows: list[HappeningRow] = []
    has_more: bool = False
    versions: list[VersionRow] = []
    _cursor: tuple[datetime, UUID] | None = None

    @rx.event
    async def load(self):
        """The first page and the versions; a project that is missing, the frame tells."""
        try:
            async with self._db() as session:
                found = await list_activity(session, project_of(self), limit=PAGE + 1)
                versions = await list_versions(session, project_of(self), limit=VERSIONS)
        except UserError:
            return
        self.rows = []
        self._show(found)
        self.versions = [_version_row(version) for version in versions]

    @rx.event
    async def more(self):
        """The next page."""
        if self._cursor is None or len(self.rows) >= 10 * PAGE:
            return
        async with self._db() as session:
            found = await list_activity(session, project_of(self), limit=PAGE + 1, before=self._cursor)
        self._show(found)

    @rx.event
    async def restore(self, number: int):
        """Let the project say again what it said in a version; that makes a version of its own."""
        async with self._db() as session:
            project_id = project_of(self)
            await restore_fields(session, project_id, await get_version_data(session, project_id, number))
        await say(self, f"Version {number} is back")
        return [ProjectState.load, ActivityState.load]

    def _show(self, found: list[Happening]) -> None:
        self.has_more, found = len(found) > PAGE, found[:PAGE]
        self.rows = [*self.rows, *(_row(item) for item in found)]
        self._cursor = (found[-1].at, found[-1].id) if found else None


read_again(routes.project("*", "activity"), ActivityState.load)


def _row(item: Happening) -> HappeningRow:
    hrefs: dict[str, Any] = {
        "task_made": routes.task(item.id),
        "task_done": routes.task(item.id),
        "note_made": routes.note(item.id),
        "dump_applied": routes.review(item.id),
    }
    title = f"version {item.title}" if item.kind == "project_changed" else item.title
    return HappeningRow(item.kind, WORDS[item.kind], title, ago_words(item.at, now()), hrefs.get(item.kind, ""))


def _version_row(version: Version) -> VersionRow:
    return VersionRow(
        version.number,
        ago_words(version.at, now()),
        version.dump_title,
        routes.review(version.dump_id) if version.dump_id else "",
        [_change_row(difference) for difference in version.differences],
    )


def _change_row(difference: Difference) -> ChangeRow:
    return ChangeRow(difference.field, _cut(difference.removed), _cut(difference.added))


def _cut(lines: list[str]) -> list[str]:
    shown = [line[:LONGEST_LINE] for line in lines[:MOST_LINES]]
    return [*shown, f"… and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else shown
