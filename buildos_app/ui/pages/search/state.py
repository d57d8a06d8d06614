"""Everything that fits some words, by kind."""

from urllib.parse import quote

import reflex as rx

from buildos_app.errors import InvalidInput
from buildos_app.models.search import Kind
from buildos_app.phrases.text import counted
from buildos_app.projects.search import LONGEST, search
from buildos_app.ui import routes
from buildos_app.ui.search import HitRow, hit_row
from buildos_app.ui.session import SessionState

MOST = 100


class SearchPageState(SessionState):
    """The words stand in the address, so that a search can be kept as a link."""

    loaded: bool = False
    words: str = ""
    kind: str = ""
    hits: list[HitRow] = []
    said: str = ""

    @rx.event
    async def load(self):
        """Look for the words of the address."""
        self.words = self.router.url.query_parameters.get("q", "")[:LONGEST]
        kinds = [Kind(self.kind)] if self.kind else list(Kind)
        async with self._db() as session:
            found = await search(session, self.words, kinds=kinds, limit=MOST)
        self.hits, self.loaded = [hit_row(hit) for hit in found], True
        most = "The first " if len(found) == MOST else ""
        self.said = f"{most}{counted(len(found), 'result')} for “{self.words}”" if self.words else ""

    @rx.event
    async def find(self, form: dict[str, str]):
        """Other words."""
        return rx.redirect(f"{routes.SEARCH}?q={quote(str(form.get('q', ''))[:LONGEST])}")

    @rx.event
    async def only(self, kind: str):
        """One kind, or all of them."""
        if kind and kind not in set(Kind):
            raise InvalidInput("Choose one of the kinds.")
        self.kind = kind
        return SearchPageState.load
