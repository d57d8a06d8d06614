"""The four questions to a newcomer, kept as one types, and what was understood of the answers."""

from dataclasses import dataclass

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import now, zone
from buildos_app.errors import UserError
from buildos_app.models.queue import JobStatus
from buildos_app.onboarding.answers import NAMES, Answers, finish, get_answers, keep_answer, skip
from buildos_app.onboarding.findings import FindingView, accept_finding, list_findings, put_away
from buildos_app.onboarding.jobs import OnboardingAnalysis
from buildos_app.queue.client import add_job, cancel_job
from buildos_app.queue.queries import JobView, find_latest_job
from buildos_app.ui import routes
from buildos_app.ui.inbox import Inbox, read_again, say
from buildos_app.ui.job_views import NO_JOB, JobCard, job_card
from buildos_app.ui.session import SessionState, parse_id

LAST_STEP = len(NAMES) - 1


@dataclass(frozen=True)
class FindingRow:
    """Something that waits for a yes."""

    id: str
    name: str
    details: str
    quote: str


class WelcomeState(SessionState):
    """`step` counts from 0. `is_stale`: something was written since the last reading."""

    ready: bool = False
    is_invited: bool = False
    step: int = 0
    answers: dict[str, str] = dict.fromkeys(NAMES, "")
    saved: str = ""
    error: str = ""
    is_blank: bool = True
    is_finished: bool = False
    is_stale: bool = False
    projects: list[FindingRow] = []
    questions: list[FindingRow] = []
    settings: list[FindingRow] = []
    is_reading: bool = False
    reading: JobCard = NO_JOB
    failure: str = ""

    @rx.event
    async def look(self):
        """For Today: is there something to invite to?"""
        async with self._db() as session:
            answers = await get_answers(session)
        self.is_invited = not (answers.is_skipped or answers.is_finished)

    @rx.event
    async def open(self):
        """Begin at the first question without an answer."""
        await self._read()
        empty = [number for number, name in enumerate(NAMES) if not self.answers[name].strip()]
        self.step, self.saved, self.error = (empty[0] if empty else 0), "", ""

    @rx.event
    async def load(self):
        """Read again what may have changed; what is typed stays."""
        await self._read()

    @rx.event
    async def keep(self, name: str, text: str):
        """Save what is typed."""
        try:
            async with self._db() as session:
                await keep_answer(session, self._user_id, name, text)
                answers = await get_answers(session)
        except UserError as error:
            self.saved, self.error = "Not saved", str(error)
            return
        self._show(answers)
        self.saved, self.error = "Saved", ""

    @rx.event
    async def go(self, step: int):
        """To another question."""
        self.step, self.saved = min(max(step, 0), LAST_STEP), ""

    @rx.event
    async def skip(self):
        """Not now: Today asks no more."""
        async with self._db() as session:
            await skip(session, self._user_id)
        self.is_invited = False
        await say(self, "You find the questions under Settings, Profile whenever you want")
        return rx.redirect(routes.TODAY) if self.router.url.path == routes.WELCOME else None

    @rx.event
    async def read(self):
        """Let the answers be read; a reading that runs is joined."""
        try:
            async with self._db() as session:
                await finish(session, self._user_id)
                await add_job(session, self._user_id, OnboardingAnalysis(), priority=OnboardingAnalysis.priority)
        except UserError as error:
            self.error = str(error)
            return None
        self.is_invited, self.error = False, ""
        return WelcomeState.load

    @rx.event
    async def cancel(self):
        """Stop the reading."""
        if not self.reading.id:
            return None
        async with self._db() as session:
            await cancel_job(session, parse_id(self.reading.id))
        return WelcomeState.load

    @rx.event
    async def accept(self, finding_id: str):
        """Make a suggestion true."""
        async with self._db() as session:
            done = await accept_finding(session, self._user_id, parse_id(finding_id))
        await say(self, done)
        return [WelcomeState.load, Inbox.sync]

    @rx.event
    async def put_away(self, finding_id: str):
        """Say no to a suggestion."""
        async with self._db() as session:
            await put_away(session, parse_id(finding_id))
        return WelcomeState.load

    async def _read(self) -> None:
        async with self._db() as session:
            answers = await get_answers(session)
            timezone = (await get_profile(session, self._user_id)).timezone
            findings = await list_findings(session)
            job = await find_latest_job(session, OnboardingAnalysis.job_type, {})
        self._show(answers)
        self.projects = [_row(item) for item in findings if item.kind == "project"]
        self.questions = [_row(item) for item in findings if item.kind == "question"]
        self.settings = [_row(item) for item in findings if item.kind == "setting"]
        self._show_job(job, timezone)
        self.ready = True

    def _show(self, answers: Answers) -> None:
        self.answers = answers.words  # a box in which somebody typed keeps its own text
        self.is_blank, self.is_finished = answers.is_blank, answers.is_finished
        self.is_stale = answers.is_finished and not answers.is_read and not answers.is_blank

    def _show_job(self, job: JobView | None, timezone: str) -> None:
        self.reading = job_card(job, now(), zone(timezone)) if job is not None else NO_JOB
        self.is_reading = job is not None and job.is_live
        self.failure = self.reading.detail if self.reading.state == JobStatus.FAILED else ""


read_again(routes.WELCOME, WelcomeState.load, rows=("onboarding_findings",))
read_again(routes.settings("profile"), WelcomeState.load, rows=("onboarding_findings",))


def _row(item: FindingView) -> FindingRow:
    return FindingRow(str(item.id), item.name, item.details, item.quote)
