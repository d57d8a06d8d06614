"""Calls of language models: what they were for, how long they took, what they cost."""

from dataclasses import dataclass
from datetime import timedelta

import reflex as rx
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import InvalidInput
from buildos_app.models.llm import LlmUsage
from buildos_app.monitoring.usage import CallView, Sum, list_calls, sums
from buildos_app.phrases.text import counted
from buildos_app.ui.call_views import CallRow, call_row
from buildos_app.ui.figures import dollars, purpose_words, seconds_words
from buildos_app.ui.pages.admin.queue.state import Tile
from buildos_app.ui.session import AdminState, parse_id

PAGE = 50
DAYS = (7, 30, 90)


@dataclass(frozen=True)
class SumRow:
    """What the calls of one kind add up to."""

    label: str
    detail: str
    cost: str


class ModelsState(AdminState):
    """Sums from the daily counters, and the newest calls."""

    loaded: bool = False
    days: int = 7
    tiles: list[Tile] = []
    by_purpose: list[SumRow] = []
    by_engine: list[SumRow] = []
    calls: list[CallRow] = []
    has_more: bool = False

    @rx.event
    async def load(self):
        """Sums of the range and the first page of calls."""
        since = now().date() - timedelta(days=self.days - 1)
        async with self._admin_db("see language-model calls") as session:
            by_purpose = await sums(session, col(LlmUsage.purpose), since)
            by_engine = await sums(session, col(LlmUsage.engine), since)
            found = await list_calls(session, limit=PAGE + 1)
        self.tiles = _tiles(by_engine)
        self.by_purpose = [_sum_row(item, purpose_words(item.label)) for item in by_purpose]
        self.by_engine = [_sum_row(item, item.label) for item in by_engine]
        self.calls, self.loaded = [], True
        self._append(found)

    @rx.event
    async def choose_days(self, days: int):
        """Another range."""
        if days not in DAYS:
            raise InvalidInput("Choose one of the ranges.")
        self.days = days
        return ModelsState.load

    @rx.event
    async def more(self):
        """The next page of calls."""
        before = parse_id(self.calls[-1].id) if self.calls else None
        async with self._admin_db("see language-model calls") as session:
            found = await list_calls(session, limit=PAGE + 1, before=before)
        self._append(found)

    def _append(self, found: list[CallView]) -> None:
        self.has_more = len(found) > PAGE
        rows = (call_row(item, self._owner, now()) for item in found[:PAGE])
        self.calls = [*self.calls, *rows]


def _tiles(by_engine: list[Sum]) -> list[Tile]:
    calls, failed = sum(item.calls for item in by_engine), sum(item.failed for item in by_engine)
    seconds = sum(item.milliseconds for item in by_engine) / max(calls, 1) / 1000
    well = f"{100 * (calls - failed) / calls:.1f} % went well" if calls else "none yet"
    return [
        Tile("Calls", f"{calls:,}", well),
        Tile("Failed", f"{failed:,}", "in this range", "bad" if failed else "plain"),
        Tile("Takes", seconds_words(seconds) if calls else "–", "on average"),
        Tile("Tokens", f"{sum(item.tokens for item in by_engine):,}", "asked and answered"),
        Tile("Cost", dollars(sum(item.cost_micros for item in by_engine)), "at the prices of the settings"),
    ]


def _sum_row(item: Sum, label: str) -> SumRow:
    seconds = seconds_words(item.milliseconds / max(item.calls, 1) / 1000)
    failed = f" · {item.failed:,} failed" if item.failed else ""
    return SumRow(
        label,
        f"{counted(item.calls, 'call')} · {seconds} each · {item.tokens:,} tokens{failed}",
        dollars(item.cost_micros),
    )
