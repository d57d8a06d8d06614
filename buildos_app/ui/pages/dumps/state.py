"""The history of dumps: found by words and by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.brain_dumps.history import HEATMAP_DAYS, PAGE, Search, count_by_day, search_dumps
from buildos_app.clock import local_now, zone
from buildos_app.errors import InvalidInput
from buildos_app.phrases.text import counted
from buildos_app.ui.pages.dump.state import DumpRow, dump_row
from buildos_app.ui.session import SessionState

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Day:
    """A square of the heat-map: `level` is 0 to 4."""

    date: str
    label: str
    level: int


class DumpsState(SessionState):
    """A page of dumps, what they were searched by, and the last 53 weeks as squares."""

    loaded: bool = False
    rows: list[DumpRow] = []
    has_more: bool = False
    words: str = ""
    day: str = ""
    days: list[Day] = []
    sent: str = ""
    _last: str = ""

    @rx.event
    async def load(self):
        """The newest dumps, and the heat-map."""
        self.words, self.day = "", ""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            counts = await count_by_day(session, zone(profile.timezone))
        today = local_now(profile.timezone).date()
        self.days = [square(day, counts.get(day, 0)) for day in weeks_until(today)]
        self.sent = f"{counted(sum(counts.values()), 'dump')} in the last year"
        await self._find()

    @rx.event
    async def search(self, form: dict[str, Any]):
        """Find dumps that hold all of these words."""
        self.words = str(form.get("words", ""))[:LONGEST_SEARCH].strip()
        await self._find()

    @rx.event
    async def choose_day(self, day: str):
        """Show the dumps of one day, or of all days again."""
        self.day = "" if day == self.day else parse_day(day).isoformat()
        await self._find()

    @rx.event
    async def more(self):
        """The next page."""
        await self._find(UUID(self._last) if self._last else None)

    async def _find(self, before: UUID | None = None) -> None:
        search = Search(self.words, date.fromisoformat(self.day) if self.day else None, before)
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            found = await search_dumps(session, zone(profile.timezone), search, limit=PAGE + 1)
        shown = found[:PAGE]
        self.rows = [dump_row(item) for item in shown]
        self.has_more, self._last = len(found) > PAGE, str(shown[-1].id) if shown else ""
        self.loaded = True


def parse_day(text: str) -> date:
    """A day that came from a browser. Raises InvalidInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("That is not a day. Choose one of the squares.") from None


def weeks_until(today: date) -> list[date]:
    """The days of the heat-map, from a Monday to today."""
    first = today - timedelta(days=HEATMAP_DAYS - 7)
    first -= timedelta(days=first.weekday())
    return [first + timedelta(days=ahead) for ahead in range((today - first).days + 1)]


def square(day: date, count: int) -> Day:
    """A day as a square; the shades are none, one, two, three to four, five and more."""
    level = 0 if not count else 1 if count == 1 else 2 if count == 2 else 3 if count < 5 else 4
    return Day(day.isoformat(), f"{day:%A} {day.day} {day:%B %Y}: {counted(count, 'dump')}", level)
