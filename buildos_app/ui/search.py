"""What the command bar finds while one types."""

from dataclasses import dataclass
from urllib.parse import quote

import reflex as rx

from buildos_app.models.search import Kind
from buildos_app.phrases.text import counted
from buildos_app.projects.search import LONGEST, Hit, search
from buildos_app.ui import routes
from buildos_app.ui.session import SessionState

MOST = 12


@dataclass(frozen=True)
class HitRow:
    """Something that fits: what it is, where it belongs, where it opens."""

    id: str
    kind: str
    title: str
    place: str
    href: str


class SearchState(SessionState):
    """The hits of the last letters; the browser hides them when the box is empty."""

    hits: list[HitRow] = []
    said: str = ""
    all_href: str = ""

    @rx.event
    async def find(self, text: str):
        """Look for what fits."""
        if len(text.strip()) < 2:
            self.hits, self.said, self.all_href = [], "", ""
            return
        async with self._db() as session:
            hits = await search(session, text, limit=MOST)
        self.hits = [hit_row(hit) for hit in hits]
        self.said = f"{counted(len(hits), 'thing')} found"
        self.all_href = f"{routes.SEARCH}?q={quote(text[:LONGEST])}" if hits else ""


def hit_row(hit: Hit) -> HitRow:
    """A hit as a line of the command bar."""
    return HitRow(str(hit.id), hit.kind, hit.title, hit.project_name or hit.kind.capitalize(), _address(hit))


def _address(hit: Hit) -> str:
    match hit.kind:
        case Kind.PROJECT:
            return routes.project(hit.id)
        case Kind.TASK:
            return routes.task(hit.id)
        case Kind.NOTE:
            return routes.note(hit.id)
        case _:
            return routes.review(hit.id)
