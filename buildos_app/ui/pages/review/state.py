"""Reading a dump while its person watches, then reviewing what was found in it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import DumpView, discard_dump, get_dump, reopen_dump
from buildos_app.brain_dumps.edits import changes_from_form
from buildos_app.brain_dumps.review import edit_operation, list_operations, toggle_operation
from buildos_app.clock import local_now, now, zone
from buildos_app.errors import UserError
from buildos_app.models.brain_dump import BrainDumpStatus
from buildos_app.projects.queries import list_projects
from buildos_app.ui import routes
from buildos_app.ui.dump_runs import Run, cancel_run, find_run, start_run
from buildos_app.ui.inbox import say
from buildos_app.ui.operation_views import OperationRow, TextSegment, operation_rows, text_segments, used_percent
from buildos_app.ui.ports import the_ports
from buildos_app.ui.push import hub
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import counted

STAGES = (("analysis", "What it is about"), ("context", "Projects"), ("tasks", "Tasks and notes"), ("check", "Check"))
EMPTY_ROW = OperationRow("", "", "", "", "", False, False, [], "", "", "", "", "medium", "")


@dataclass(frozen=True)
class StageRow:
    """A stage of the reading, as it stands."""

    name: str
    title: str
    status: str
    message: str


class ReviewState(SessionState):
    """One dump: `phase` says what the page shows (loading, reading, review, saved, discarded, failed, missing)."""

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
    warnings: list[str] = []
    selected: int = 0
    total: int = 0
    applying: bool = False
    project_href: str = ""
    editing: OperationRow = EMPTY_ROW
    edit_error: str = ""
    _dump_id: str = ""

    @rx.event
    async def load(self):
        """Show the dump as it stands; begin to read it when that was asked for and nobody does."""
        try:
            self._dump_id = str(parse_id(self.router.url.path.rstrip("/").rpartition("/")[2]))
            async with self._db() as session:
                dump = await get_dump(session, UUID(self._dump_id))
        except UserError as error:
            self.phase, self.error = "missing", str(error)
            return None
        if find_run(dump.id, self._user_id) or (
            dump.status == BrainDumpStatus.PENDING and dump.submitted and not dump.error
        ):
            self.phase, self.error = "reading", ""
            self.segments = [TextSegment(dump.content, "plain", "")]
            return ReviewState.follow
        await self._show(dump)
        return None

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
            await toggle_operation(session, parse_id(operation_id))
        await self._reload()

    @rx.event
    async def edit(self, operation_id: str):
        """Put a proposal into the editor."""
        rows = (*self.new, *self.changed, *self.needs_you)
        self.editing = next((row for row in rows if row.id == operation_id), EMPTY_ROW)
        self.edit_error = ""

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
        self.edit_error, self.editing = "", EMPTY_ROW
        await self._reload()

    @rx.event
    async def close_editor(self):
        """Close the editor without saving."""
        self.editing, self.edit_error = EMPTY_ROW, ""

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
    async def discard(self):
        """Put the dump away; its text stays in the history."""
        async with self._db() as session:
            await discard_dump(session, parse_id(self._dump_id))
        await say(self, "Discarded. The text is kept with your dumps.")
        return rx.redirect(routes.DUMP)

    async def _reload(self) -> None:
        async with self._db() as session:
            dump = await get_dump(session, UUID(self._dump_id))
        await self._show(dump)

    def _draw(self, run: Run) -> None:
        known = [(name, title) for name, title in STAGES if name != "analysis" or name in run.steps]
        self.stages = [
            StageRow(name, title, step.status, step.message)
            if (step := run.steps.get(name))
            else StageRow(name, title, "pending", "")
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
            operations = await list_operations(session, dump.id)
            profile = await get_profile(session, self._user_id)
            projects = await list_projects(session, limit=100)
        names = {str(item.id): item.name for item in projects}
        names |= {view.ref: str(view.data.get("name", "")) for view in operations if view.ref}
        rows = operation_rows(operations, names, zone(profile.timezone), now())
        self.new = [row for row in rows if row.group == "new"]
        self.changed = [row for row in rows if row.group == "changed"]
        self.needs_you = [row for row in rows if row.group == "needs_you"]
        self.selected, self.total = sum(row.enabled for row in rows), len(rows)
        self.segments = text_segments(dump.content, operations)
        self.used = used_percent(self.segments)
        self.warnings = list(dump.parsed_results.get("warnings", []))
        self.summary, self.error = dump.summary, dump.error
        words = len(dump.content.split())
        seconds = dump.parsed_results.get("seconds", 0)
        engine = "offline engine" if dump.engine == "offline" else dump.engine
        self.facts = f"{counted(len(rows), 'proposal')} from {counted(words, 'word')} · {seconds} s · {engine}"
        self.project_href = routes.project(dump.project_id) if dump.project_id else ""
        self.phase = "failed" if dump.error else PHASES[BrainDumpStatus(dump.status)]


def _changed(form: dict[str, Any], row: OperationRow) -> dict[str, str]:
    """The fields that differ from what the editor showed: words are read again only when they were changed."""
    shown = {name: getattr(row, name) for name in ("title", "details", "when", "duration", "priority")}
    return {name: str(form[name]) for name, text in shown.items() if str(form.get(name, text)).strip() != text.strip()}


PHASES = {
    BrainDumpStatus.PENDING: "draft",
    BrainDumpStatus.PARSED: "review",
    BrainDumpStatus.SAVED: "saved",
    BrainDumpStatus.PARSED_AND_DELETED: "discarded",
    BrainDumpStatus.UNDONE: "undone",
}
