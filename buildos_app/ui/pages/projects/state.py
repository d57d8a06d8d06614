"""The list of projects: where they stand, in which order, with which words."""

from dataclasses import dataclass

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import local_now, now
from buildos_app.models.project import ProjectStatus
from buildos_app.projects.listing import SORTS, Place, count_by_status, page_of_projects, place_of
from buildos_app.projects.queries import ProjectView
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.project.state import STATUSES, days_left
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import DOTS, Chip, ago_words

PAGE = 30
MOST_PAGES = 3
LONGEST_DESCRIPTION = 160
FILTERS = ("open", *ProjectStatus, "all")


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
    left: str
    status: Chip


class ProjectsState(SessionState):
    """A page at a time; after three pages, words find the rest faster."""

    loaded: bool = False
    projects: list[ProjectRow] = []
    has_more: bool = False
    counts: dict[str, int] = {}
    status: str = "open"
    sort: str = "updated"
    words: str = ""
    _after: Place | None = None
    _timezone: str = "UTC"

    @rx.event
    async def load(self):
        """The counts and the first page."""
        async with self._db() as session:
            self._timezone = (await get_profile(session, self._user_id)).timezone
            counted = await count_by_status(session)
            found = await self._page(session, None)
        total = sum(counted.values())
        self.counts = {name: counted.get(name, 0) for name in ProjectStatus}
        self.counts |= {"open": total - counted.get(ProjectStatus.ARCHIVED, 0), "all": total}
        self.projects = []
        self._show(found)
        self.loaded = True

    @rx.event
    async def more(self):
        """The next page."""
        if self._after is None or len(self.projects) >= MOST_PAGES * PAGE:
            return
        async with self._db() as session:
            found = await self._page(session, self._after)
        self._show(found)

    @rx.event
    async def narrow(self, status: str):
        """Show the projects that stand there."""
        self.status = status if status in FILTERS else "open"
        return ProjectsState.load

    @rx.event
    async def order(self, sort: str):
        """Show them in this order."""
        self.sort = sort if sort in SORTS else "updated"
        return ProjectsState.load

    @rx.event
    async def find(self, words: str):
        """Show those with these words."""
        self.words = words[:100]
        return ProjectsState.load

    async def _page(self, session, after: Place | None) -> list[ProjectView]:
        return await page_of_projects(
            session, status=self.status, words=self.words, sort=self.sort, limit=PAGE + 1, after=after
        )

    def _show(self, found: list[ProjectView]) -> None:
        more, found = len(found) > PAGE, found[:PAGE]
        self.projects = [*self.projects, *(project_row(item, self._timezone) for item in found)]
        self.has_more = more and len(self.projects) < MOST_PAGES * PAGE
        self._after = place_of(found[-1], self.sort) if found else None


read_again(routes.PROJECTS, ProjectsState.load)


def project_row(item: ProjectView, timezone: str) -> ProjectRow:
    """A project as a row."""
    is_live = item.status in (ProjectStatus.ACTIVE, ProjectStatus.PAUSED)
    return ProjectRow(
        name=item.name,
        description=item.description[:LONGEST_DESCRIPTION],
        href=routes.project(item.id),
        dot=DOTS[item.id.int % len(DOTS)],
        count=f"{item.done_count} of {item.task_count} done" if item.task_count else "no tasks",
        percent=round(100 * item.done_count / item.task_count) if item.task_count else 0,
        changed=ago_words(item.updated_at, now()),
        left=days_left(item.end_date, local_now(timezone).date()) if item.end_date and is_live else "",
        status=STATUSES.get(item.status, Chip("")),
    )
