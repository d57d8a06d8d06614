"""What briefs said about one project."""

from dataclasses import dataclass
from datetime import date

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.briefs.content import ProjectPart
from buildos_app.briefs.queries import list_project_briefs
from buildos_app.clock import local_now
from buildos_app.errors import UserError
from buildos_app.ui import routes
from buildos_app.ui.brief_views import PartCard, part_card
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import day_words

PAGE = 10


@dataclass(frozen=True)
class ProjectBrief:
    """A project's part of the brief of a day."""

    day: str
    href: str
    part: PartCard


class ProjectBriefsState(SessionState):
    """The newest first, a page at a time."""

    loaded: bool = False
    briefs: list[ProjectBrief] = []
    has_more: bool = False
    _before: str = ""

    @rx.event
    async def load(self):
        """The first page; a project that is missing, the frame tells."""
        self.briefs = []
        await self._read(None)
        self.loaded = True

    @rx.event
    async def more(self):
        """The next page."""
        await self._read(date.fromisoformat(self._before) if self._before else None)

    async def _read(self, before: date | None) -> None:
        try:
            async with self._db() as session:
                profile = await get_profile(session, self._user_id)
                found = await list_project_briefs(session, project_of(self), before=before, limit=PAGE + 1)
        except UserError:
            return
        today = local_now(profile.timezone).date()
        self.has_more = len(found) > PAGE
        shown = found[:PAGE]
        self._before = shown[-1][0].isoformat() if shown else self._before
        self.briefs = [
            *self.briefs,
            *(
                ProjectBrief(
                    day_words(day, today), routes.brief(day), part_card(ProjectPart.model_validate(content), day)
                )
                for day, content in shown
            ),
        ]


read_again(routes.project("*", "briefs"), ProjectBriefsState.load, rows=())
