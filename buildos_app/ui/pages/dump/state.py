"""Composing a dump: the draft is kept on the server while one types."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.brain_dumps.drafts import (
    CAP,
    Choices,
    DumpSummary,
    get_open_draft,
    list_dumps,
    save_draft,
    submit_dump,
)
from buildos_app.brain_dumps.jobs import ProcessBrainDump
from buildos_app.brain_dumps.questions import pick_questions, skip_question
from buildos_app.clock import now
from buildos_app.errors import Conflict, UserError
from buildos_app.models.brain_dump import BrainDumpStatus
from buildos_app.projects.queries import list_projects
from buildos_app.queue.client import add_job
from buildos_app.ui import routes
from buildos_app.ui.dump_runs import start_run
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import NavProject, ago_words, nav_project

__all__ = ["CAP", "NEW_PROJECT", "DumpState"]

STATES = {
    BrainDumpStatus.PENDING: ("not read yet", "warn"),
    BrainDumpStatus.PARSED: ("waits for review", "accent"),
    BrainDumpStatus.SAVED: ("applied", "good"),
    BrainDumpStatus.PARSED_AND_DELETED: ("discarded", "plain"),
    BrainDumpStatus.UNDONE: ("undone", "plain"),
}


NEW_PROJECT = "new"


@dataclass(frozen=True)
class QuestionRow:
    """A question that an earlier dump left open."""

    id: str
    text: str
    href: str


@dataclass(frozen=True)
class DumpRow:
    """A dump in the list of the last ones."""

    title: str
    when: str
    state: str
    tone: str
    href: str


class DumpState(SessionState):
    """The box, its draft and the dumps before it. `is_above`: it lies above another page."""

    loaded: bool = False
    is_above: bool = False
    draft: str = ""
    draft_key: str = "new"
    draft_state: str = ""
    sending: bool = False
    error: str = ""
    projects: list[NavProject] = []
    recent: list[DumpRow] = []
    questions: list[QuestionRow] = []
    _draft_id: str = ""
    _submitted: str = ""

    @rx.event
    async def load(self):
        """Bring back the draft, the projects to choose from and the last dumps."""
        self.is_above = False
        await self._load()

    async def _load(self) -> None:
        async with self._db() as session:
            draft = await get_open_draft(session)
            dumps = await list_dumps(session, limit=6)
            projects = await list_projects(session, limit=50)
            questions = await pick_questions(session)
        self._draft_id = str(draft.id) if draft else ""
        self.draft, self.draft_key = (draft.content, str(draft.id)) if draft else ("", "new")
        self.draft_state = "Draft restored" if draft else ""
        self.projects = [nav_project(item) for item in projects]
        self.recent = [dump_row(item) for item in dumps if draft is None or item.id != draft.id]
        self.questions = [
            QuestionRow(str(item.id), item.question, routes.review(item.brain_dump_id) if item.brain_dump_id else "")
            for item in questions
        ]
        self.loaded, self.sending, self.error = True, False, ""
        self._submitted = ""

    @rx.event
    async def open_above(self):
        """Lay the box above the page that is open; on its own page it is there already."""
        if self.router.url.path.rstrip("/") == routes.DUMP:
            return
        await self._load()
        self.is_above = True

    @rx.event
    async def put_away(self):
        """Close the box above the page."""
        self.is_above = False

    @rx.event
    async def keep_draft(self, content: str):
        """Save what is typed, so that a closed tab or a dead browser loses nothing."""
        if content == self._submitted:  # typed just before it was sent
            return
        try:
            await self._save(content)
        except UserError as error:
            self.error, self.draft_state = str(error), "Not saved"
        else:
            self.error, self.draft_state = "", "Draft saved"

    @rx.event
    async def skip(self, question_id: str):
        """Do not ask this any more."""
        async with self._db() as session:
            await skip_question(session, parse_id(question_id))
        self.questions = [item for item in self.questions if item.id != question_id]

    @rx.event
    async def submit(self, form: dict[str, Any]):
        """Save the text for good and go where it is read."""
        self.sending, self.error = True, ""
        yield
        try:
            content, choices = str(form.get("content", "")), _choices(form)
            async with self._db() as session:
                dump_id = await submit_dump(session, self._user_id, content, choices, draft_id=self._draft())
        except UserError as error:
            self.sending, self.error = False, str(error)
            return
        self._draft_id, self._submitted, self.sending, self.is_above = "", content, False, False
        await self._begin(dump_id)
        yield rx.redirect(routes.review(dump_id))

    async def _begin(self, dump_id: UUID) -> None:
        """Begin to read at once, whether or not anybody looks; what is too much for this process the worker reads."""
        try:
            start_run(dump_id, self._user_id, the_ports())
        except Conflict:
            async with self._db() as session:
                await add_job(session, self._user_id, ProcessBrainDump(brain_dump_id=dump_id))

    def _draft(self) -> UUID | None:
        return UUID(self._draft_id) if self._draft_id else None

    async def _save(self, content: str) -> None:
        if not content.strip() and not self._draft_id:
            return
        async with self._db() as session:
            self._draft_id = str(await save_draft(session, self._user_id, content, draft_id=self._draft()))


def _choices(form: dict[str, Any]) -> Choices:
    chosen = str(form.get("project_id") or "")
    return Choices(
        project_id=None if chosen in ("", NEW_PROJECT) else parse_id(chosen),
        wants_new_project=chosen == NEW_PROJECT,
        auto_accept=form.get("auto_accept") in (True, "on", "true"),
    )


def dump_row(item: DumpSummary) -> DumpRow:
    """A dump as a row."""
    state, tone = STATES[BrainDumpStatus(item.status)]
    return DumpRow(item.title or item.excerpt, ago_words(item.created_at, now()), state, tone, routes.review(item.id))
