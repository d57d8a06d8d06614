"""Reading a dump while its person watches, then reviewing what was found in it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import DumpView, discard_dump, get_dump, reopen_dump
from buildos_app.brain_dumps.edits import changes_from_form
from buildos_app.brain_dumps.gaps import propose_task
from buildos_app.brain_dumps.review import edit_operation, get_operation, remove_operation, toggle_operation
from buildos_app.brain_dumps.undo import undo
from buildos_app.clock import local_now, zone
from buildos_app.errors import UserError
from buildos_app.models.brain_dump import BrainDumpStatus
from buildos_app.phrases.text import counted
from buildos_app.ui import routes
from buildos_app.ui.dump_runs import Run, cancel_run, find_run, start_run
from buildos_app.ui.inbox import say
from buildos_app.ui.operation_views import EditorRow, OperationRow, TextSegment, editor_row
from buildos_app.ui.pages.review.views import PAGE, PHASES, BecameRow, load_review
from buildos_app.ui.ports import the_ports
from buildos_app.ui.push import hub
from buildos_app.ui.session import SessionState, parse_id

STAGES = (("analysis", "What it is about"), ("context", "Projects"), ("tasks", "Tasks and notes"), ("check", "Check"))


@dataclass(frozen=True)
class StageRow:
    """A stage of the reading, as it stands; `arrived` are the latest names."""

    name: str
    title: str
    status: str
    message: str
    arrived: list[str]


class ReviewState(SessionState):
    """One dump: `phase` says what the page shows (loading, reading, review, saved, undone, discarded, failed, missing).

    `off` holds the ids of the proposals that are left out: a tick sends this list and not the rows.
    """

    phase: str = "loading"
    error: str = ""
    summary: str = ""
    facts: str = ""
    segments: list[TextSegment] = []
    used: int = 0
    stages: list[StageRow] = []
    seconds: str = ""
    new: list[OperationRow] = []
    changed: list[OperationRow] = []
    needs_you: list[OperationRow] = []
    off: list[str] = []
    warnings: list[str] = []
    selected: int = 0
    total: int = 0
    hidden: int = 0
    applying: bool = False
    project_href: str = ""
    became: list[BecameRow] = []
    kept: list[str] = []
    can_undo: bool = False
    editing: EditorRow = EditorRow()
    edit_error: str = ""
    _dump_id: str = ""
    _limit: int = PAGE

    @rx.event
    async def load(self):
        """Show the dump as it stands; begin to read it when that was asked for and nobody does."""
        self._limit = PAGE
        try:
            dump_id = str(parse_id(self.router.url.path.rstrip("/").rpartition("/")[2]))
            if dump_id != self._dump_id:  # nothing of the dump that was shown before
                self._dump_id, self.phase, self.segments = dump_id, "loading", []
                yield
            async with self._db() as session:
                dump = await get_dump(session, UUID(self._dump_id))
        except UserError as error:
            self.phase, self.error = "missing", str(error)
            return
        if find_run(dump.id, self._user_id) or (
            dump.status == BrainDumpStatus.PENDING and dump.submitted and not dump.error
        ):
            self.phase, self.error, self.stages = "reading", "", []
            self.segments = [TextSegment(dump.content, "plain", "")]
            yield ReviewState.follow
            return
        await self._show(dump)

    @rx.event(background=True)
    async def follow(self):
        """Stream the stages of the run into this tab until it ends; the run itself does not depend on the tab."""
        async with self:
            try:
                run = start_run(UUID(self._dump_id), self._user_id, the_ports())
            except UserError as error:
                self.phase, self.error = "failed", str(error)
                return
            token = self.router.session.client_token
        async for state_of_run in run.follow():
            if hub.backlog(token) > 8 and not state_of_run.ended:
                continue
            async with self:
                if self._dump_id != str(run.dump_id) or not self._owner:
                    return
                self._draw(state_of_run)
        async with self:
            if self._dump_id == str(run.dump_id):
                await self._finish(run)

    @rx.event
    async def stop(self):
        """Stop the model's work; the text stays."""
        run = find_run(UUID(self._dump_id), self._user_id) if self._dump_id else None
        if run is not None:
            await cancel_run(run)

    @rx.event
    async def read_once_more(self):
        """Read the text again from the start."""
        async with self._db() as session:
            await reopen_dump(session, parse_id(self._dump_id))
        self.phase, self.error, self.stages = "reading", "", []
        return ReviewState.follow

    @rx.event
    async def toggle(self, operation_id: str):
        """Leave a proposal out, or take it in."""
        async with self._db() as session:
            is_in = await toggle_operation(session, parse_id(operation_id))
        others = [each for each in self.off if each != operation_id]
        self.off = others if is_in else [*others, operation_id]
        self.selected = self.total - len(self.off)

    @rx.event
    async def remove(self, operation_id: str):
        """Drop a proposal for good."""
        async with self._db() as session:
            await remove_operation(session, parse_id(operation_id))
        await self._reload()

    @rx.event
    async def add_task(self, start: int):
        """Make a task of a sentence that led to nothing."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            dump_id = parse_id(self._dump_id)
            await propose_task(session, self._user_id, dump_id, start, local_now(profile.timezone))
        await self._reload()

    @rx.event
    async def more(self):
        """Show the next hundred proposals."""
        self._limit += PAGE
        await self._reload()

    @rx.event
    async def edit(self, operation_id: str):
        """Put a proposal into the editor."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            view = await get_operation(session, parse_id(operation_id))
        self.editing, self.edit_error = editor_row(view, zone(profile.timezone)), ""

    @rx.event
    async def save_edit(self, form: dict[str, Any]):
        """Save the editor's fields; what does not fit is said beside them."""
        try:
            async with self._db() as session:
                profile = await get_profile(session, self._user_id)
                changes = changes_from_form(_changed(form, self.editing), local_now(profile.timezone))
                await edit_operation(session, parse_id(self.editing.id), changes)
        except UserError as error:
            self.edit_error = str(error)
            return
        self.edit_error, self.editing = "", EditorRow()
        await self._reload()

    @rx.event
    async def close_editor(self):
        """Close the editor without saving."""
        self.editing, self.edit_error = EditorRow(), ""

    @rx.event
    async def apply_selected(self):
        """Apply what is ticked, all or nothing, and go to the project."""
        self.applying = True
        yield
        try:
            async with self._db() as session:
                applied = await apply(session, self._user_id, parse_id(self._dump_id))
        finally:
            self.applying = False
        await say(self, f"Applied {counted(sum(applied.counts.values()), 'proposal')}")
        yield rx.redirect(routes.project(applied.project_id) if applied.project_id else routes.TODAY)

    @rx.event
    async def undo(self):
        """Take back what this dump led to, except what was changed since."""
        async with self._db() as session:
            undone = await undo(session, self._user_id, parse_id(self._dump_id))
        left = f"; {counted(len(undone.kept), 'row')} left alone" if undone.kept else ""
        await say(self, f"Taken back: {counted(undone.taken_back, 'proposal')}{left}")
        await self._reload()

    @rx.event
    async def discard(self):
        """Put the dump away; its text stays in the history."""
        async with self._db() as session:
            await discard_dump(session, parse_id(self._dump_id))
        await say(self, "Discarded. The text is kept with your dumps.")
        return rx.redirect(routes.DUMP)

    async def _reload(self) -> None:
        async with self._db() as session:
            dump = await get_dump(session, parse_id(self._dump_id))
        await self._show(dump)

    def _draw(self, run: Run) -> None:
        known = [(name, title) for name, title in STAGES if name != "analysis" or name in run.steps]
        self.stages = [
            StageRow(name, title, step.status, step.message, list(step.items))
            if (step := run.steps.get(name))
            else StageRow(name, title, "pending", "Waits for its turn" if run.waits else "", [])
            for name, title in known
        ]
        latest = max((step.seconds for step in run.steps.values()), default=0.0)
        self.seconds = f"{latest:.1f} s"

    async def _finish(self, run: Run) -> None:
        if run.error:
            self.phase, self.error = "failed", run.error
        else:
            await self._reload()

    async def _show(self, dump: DumpView) -> None:
        async with self._db() as session:
            found = await load_review(session, self._user_id, dump)
        shown = found.rows[: self._limit]
        self.new, self.changed, self.needs_you = (
            [row for row in shown if row.group == group] for group in ("new", "changed", "needs_you")
        )
        self.off, self.total = found.off, len(found.rows)
        self.selected, self.hidden = self.total - len(self.off), self.total - len(shown)
        self.segments, self.used, self.facts = found.segments, found.used, found.facts
        self.warnings, self.kept, self.became = found.warnings, found.kept, found.became
        self.can_undo, self.summary, self.error = found.can_undo, dump.summary, dump.error
        self.project_href = routes.project(dump.project_id) if dump.project_id else ""
        self.phase = "failed" if dump.error else PHASES[BrainDumpStatus(dump.status)]


def _changed(form: dict[str, Any], row: EditorRow) -> dict[str, str]:
    """The fields that differ from what the editor showed: words are read again only when they were changed."""
    shown = {name: getattr(row, name) for name in ("title", "details", "when", "duration", "priority")}
    return {name: str(form[name]) for name, text in shown.items() if str(form.get(name, text)).strip() != text.strip()}
