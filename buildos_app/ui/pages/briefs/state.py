"""All briefs of a person, and today's on top."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.briefs.content import BriefContent
from buildos_app.briefs.generate import cancel_brief, request_brief
from buildos_app.briefs.letter import checked_words
from buildos_app.briefs.preferences import get_preferences
from buildos_app.briefs.queries import BriefLine, BriefView, Stats, get_brief, list_briefs, read_stats
from buildos_app.clock import local_now, now, zone
from buildos_app.phrases.text import counted
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.briefs.writing import Writing, writing_of
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import day_words

PAGE = 20
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class BriefRow:
    """A brief in the list."""

    day: str
    title: str
    summary: str
    href: str
    state: str


class TodaysBriefState(SessionState):
    """The brief of today wherever it is shown in short: on Today, and on top of the list."""

    loaded: bool = False
    title: str = ""
    summary: str = ""
    checked: str = ""
    detail: str = ""
    href: str = ""
    has_content: bool = False
    writing: Writing = Writing()
    _date: str = ""

    @rx.event
    async def load(self):
        """Read today's brief."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            today = local_now(profile.timezone).date()
            brief = await get_brief(session, today)
            wanted = await get_preferences(session, self._user_id)
        self._date, self.href = today.isoformat(), routes.brief(today)
        self.writing = writing_of(brief)
        self.has_content = brief is not None and brief.completed_at is not None
        self._show(brief)
        run = wanted.next_run(now())
        if not self.has_content:
            self.detail = f"{_when(run.planned_for, profile.timezone)}" if run else "Briefs are turned off."
        self.loaded = True

    @rx.event
    async def generate(self):
        """Have today's brief written now."""
        async with self._db() as session:
            await request_brief(session, self._user_id)
        return TodaysBriefState.load

    @rx.event
    async def cancel(self):
        """Stop the writing."""
        async with self._db() as session:
            await cancel_brief(session, date.fromisoformat(self._date))
        return TodaysBriefState.load

    def _show(self, brief: BriefView | None) -> None:
        if brief is None or brief.completed_at is None:
            self.title, self.summary, self.checked = "", "", ""
            return
        local = brief.completed_at.astimezone(zone(brief.timezone))
        self.title, self.summary = brief.title, brief.summary
        self.checked = checked_words(BriefContent.model_validate(brief.content))
        self.detail = f"{local:%H:%M}" + (" · by e-mail too" if brief.mail == "sent" else "")


class BriefsState(SessionState):
    """The list, the newest first, a page at a time."""

    loaded: bool = False
    briefs: list[BriefRow] = []
    has_more: bool = False
    search: str = ""
    next_run: str = ""
    stats: str = ""
    streak: int = 0
    _before: str = ""
    _today: str = ""

    @rx.event
    async def load(self):
        """The first page, the counts, and when the next one comes."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            wanted = await get_preferences(session, self._user_id)
            today = local_now(profile.timezone).date()
            stats = await read_stats(session, today)
            found = await list_briefs(session, search=self.search, limit=PAGE + 1)
            written = await get_brief(session, today)
        self._today = today.isoformat()
        run = wanted.next_run(now())
        if run and written and written.completed_at and run.brief_date == today:
            run = wanted.next_run(run.planned_for)
        self.next_run = f"The next one comes {_when(run.planned_for, profile.timezone)}" if run else "Briefs are off"
        self.stats, self.streak = _stats_words(stats), stats.streak
        self.briefs = []
        self._append(found)
        self.loaded = True

    @rx.event
    async def find(self, text: str):
        """Show the briefs that say this."""
        self.search = text[:LONGEST_SEARCH]
        return BriefsState.load

    @rx.event
    async def more(self):
        """The next page."""
        before = date.fromisoformat(self._before) if self._before else None
        async with self._db() as session:
            found = await list_briefs(session, search=self.search, before=before, limit=PAGE + 1)
        self._append(found)

    def _append(self, found: list[BriefLine]) -> None:
        self.has_more = len(found) > PAGE
        found = found[:PAGE]
        self._before = found[-1].brief_date.isoformat() if found else self._before
        today = date.fromisoformat(self._today) if self._today else now().date()
        self.briefs = [*self.briefs, *(_row(line, today) for line in found)]


read_again(routes.TODAY, TodaysBriefState.load, rows=())
read_again(routes.BRIEFS, TodaysBriefState.load, rows=())
read_again(routes.BRIEFS, BriefsState.load, rows=())


def _row(line: BriefLine, today: date) -> BriefRow:
    state = "" if line.completed_at else {"failed": "failed", "cancelled": "cancelled"}.get(line.job_status or "", "")
    if not line.completed_at and not state:
        state = "planned" if line.job_status else "failed"
    title = line.title or "Not written"
    return BriefRow(day_words(line.brief_date, today), title, line.summary, routes.brief(line.brief_date), state)


def _when(moment: Any, timezone: str) -> str:
    local = moment.astimezone(zone(timezone))
    return f"{day_words(local.date(), local_now(timezone).date())} at {local:%H:%M}"


def _stats_words(stats: Stats) -> str:
    words = [counted(stats.total, "brief"), f"{stats.week} this week", f"{stats.month} this month"]
    return " · ".join(words)
