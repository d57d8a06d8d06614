"""The list of projects."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import reflex as rx

from buildos_app.clock import now
from buildos_app.projects.queries import ProjectView, list_projects
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import DOTS, ago_words

PAGE = 30


@dataclass(frozen=True)
class ProjectRow:
    """A project in the list."""

    name: str
    description: str
    href: str
    dot: str
    count: str
    percent: int
    changed: str


class ProjectsState(SessionState):
    """Projects, the latest changed first, a page at a time."""

    loaded: bool = False
    projects: list[ProjectRow] = []
    has_more: bool = False
    _cursor: str = ""

    @rx.event
    async def load(self):
        """The first page."""
        self.projects, self._cursor = [], ""
        await self._next_page()
        self.loaded = True

    @rx.event
    async def more(self):
        """The next page."""
        await self._next_page()

    async def _next_page(self) -> None:
        moment, _, last = self._cursor.partition(" ")
        before = (datetime.fromisoformat(moment), UUID(last)) if last else None
        async with self._db() as session:
            found = await list_projects(session, limit=PAGE + 1, before=before)
        self.has_more = len(found) > PAGE
        found = found[:PAGE]
        self._cursor = f"{found[-1].updated_at.isoformat()} {found[-1].id}" if found else self._cursor
        self.projects = [*self.projects, *(project_row(item) for item in found)]


read_again(routes.PROJECTS, ProjectsState.load)


def project_row(item: ProjectView) -> ProjectRow:
    """A project as a row."""
    return ProjectRow(
        name=item.name,
        description=item.description,
        href=routes.project(item.id),
        dot=DOTS[item.id.int % len(DOTS)],
        count=f"{item.done_count} of {item.task_count} done" if item.task_count else "no tasks",
        percent=round(100 * item.done_count / item.task_count) if item.task_count else 0,
        changed=ago_words(item.updated_at, now()),
    )
