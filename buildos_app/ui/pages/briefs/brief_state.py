"""One brief: what it says, how far its writing is, and what can be done with it."""

from datetime import date

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.briefs.content import BriefContent
from buildos_app.briefs.generate import cancel_brief, delete_brief, request_brief, send_now
from buildos_app.briefs.queries import BriefView, done_among, get_brief, neighbours
from buildos_app.clock import local_now
from buildos_app.errors import InvalidInput
from buildos_app.projects.tasks import toggle_task
from buildos_app.ui import routes
from buildos_app.ui.brief_views import BriefCard, brief_card, day_title, place_of
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.briefs.writing import Writing, writing_of
from buildos_app.ui.session import SessionState
from buildos_app.ui.task_views import parse_row


class BriefState(SessionState):
    """The brief of the day in the address."""

    loaded: bool = False
    missing: str = ""
    day: str = ""
    place: str = ""
    is_today: bool = False
    has_content: bool = False
    brief: BriefCard = BriefCard()
    writing: Writing = Writing()
    last_try: str = ""
    mail: str = ""
    mail_tone: str = "plain"
    markdown: str = ""
    download_href: str = ""
    before_href: str = ""
    after_href: str = ""
    today_href: str = ""
    _date: str = ""

    @rx.event
    async def load(self):
        """Read the brief of this address again."""
        day = parse_day(self.router.url.path.rstrip("/").rpartition("/")[2])
        if day is None:
            self.loaded, self.missing = True, "The address has no date that we can read."
            return
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            brief = await get_brief(session, day)
            ranked = BriefContent.model_validate(brief.content).ranked if brief and brief.content else []
            done = await done_among(session, [item.task for item in ranked])
            before, after = await neighbours(session, day)
        today = local_now(profile.timezone).date()
        self._date, self.is_today = day.isoformat(), day == today
        self.day, self.place = day_title(day), place_of(brief.timezone if brief else profile.timezone)
        self.before_href = routes.brief(before) if before else ""
        self.after_href = routes.brief(after) if after else ""
        self.today_href = routes.brief(today)
        self.writing = writing_of(brief)
        self.has_content = brief is not None and brief.completed_at is not None
        self.brief = brief_card(brief, done) if brief and self.has_content else BriefCard()
        self._show_rest(brief)
        self.loaded, self.missing = True, ""

    @rx.event
    async def generate(self):
        """Have today's brief written, or written once more."""
        async with self._db() as session:
            await request_brief(session, self._user_id, brief_date=self._day(), force=self.has_content)
        return BriefState.load

    @rx.event
    async def cancel(self):
        """Stop the writing; what was there stays."""
        async with self._db() as session:
            await cancel_brief(session, self._day())
        await say(self, "The brief is not written any further")
        return BriefState.load

    @rx.event
    async def send(self):
        """Mail it to its person."""
        async with self._db() as session:
            await send_now(session, self._user_id, self._day())
        await say(self, "Your brief is on its way to your mailbox")
        return BriefState.load

    @rx.event
    async def delete(self):
        """Forget this brief."""
        async with self._db() as session:
            await delete_brief(session, self._day())
        await say(self, "The brief is deleted")
        return [BriefState.load, rx.redirect(routes.BRIEFS)]

    @rx.event
    async def toggle(self, task_id: str):
        """Complete a ranked task right here, or reopen it."""
        async with self._db() as session:
            identity, on = parse_row(task_id)
            await toggle_task(session, identity, on=on)
        return BriefState.load

    def _day(self) -> date:
        day = parse_day(self._date)
        if day is None:
            raise InvalidInput("This link is not complete. Go back and open it again.")
        return day

    def _show_rest(self, brief: BriefView | None) -> None:
        self.markdown = brief.markdown if brief else ""
        self.download_href = f"/api/briefs/{self._date}.md" if self.has_content else ""
        self.last_try = (brief.error or "") if brief and brief.last_try_failed else ""
        self.mail, self.mail_tone = _mail_words(brief)


read_again(routes.BRIEFS + "/", BriefState.load)


def parse_day(text: str) -> date | None:
    """A date such as 2026-11-23, or None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _mail_words(brief: BriefView | None) -> tuple[str, str]:
    status = brief.mail if brief else None
    words = {
        "pending": ("on its way by e-mail", "plain"),
        "sent": ("sent by e-mail", "good"),
        "failed": (f"not sent by e-mail: {brief.mail_error if brief else ''}", "bad"),
        "cancelled": (f"not sent by e-mail: {brief.mail_error if brief else ''}", "warn"),
    }
    return words.get(status or "", ("", "plain"))
