"""The panel of one task: opened by `?task=ID` on any page, saved field by field, and never in the way of what is typed.

`_shown` is what the form was filled with. A save sends only what differs from it; where the same field was changed
elsewhere meanwhile, nothing is overwritten: the newer version is offered.
"""

from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import InvalidInput, UserError
from buildos_app.projects.panel import PanelView, read_panel
from buildos_app.projects.queries import get_task
from buildos_app.projects.series import Scope, change_series
from buildos_app.projects.tasks import change_task
from buildos_app.projects.undo import remembered
from buildos_app.ui import routes
from buildos_app.ui.inbox import PANEL, Inbox, read_again
from buildos_app.ui.session import SessionState
from buildos_app.ui.task_views import parse_row, repeat_words
from buildos_app.ui.tasks.panel_views import (
    FIELDS,
    WORDS,
    ActivityRow,
    Choice,
    StepRow,
    activity_of,
    changes_of,
    date_words,
    form_of,
)
from buildos_app.ui.tasks.undo import keep_undo

LONGEST_FIELD = 60_000


class TaskPanelState(SessionState):
    """`view` is closed, ready or missing. The fields are drawn again from `fields` when `revision` counts up."""

    view: str = "closed"
    revision: int = 0
    task_id: str = ""
    fields: dict[str, str] = dict.fromkeys(FIELDS, "")
    done: bool = False
    deleted: bool = False
    repeats: str = ""
    on_words: str = ""
    scope: str = Scope.THIS
    dates: list[str] = []
    steps: list[StepRow] = []
    needs: list[Choice] = []
    choices: list[Choice] = []
    projects: list[Choice] = []
    activity: list[ActivityRow] = []
    source_href: str = ""
    first_day: str = ""
    last_day: str = ""
    newer: str = ""
    problem: str = ""
    saved: str = ""
    phase: str = ""
    phase_href: str = ""
    phase_warning: str = ""
    _on: date | None = None
    _shown: dict[str, str] = {}
    _left: tuple[str, int] = ("", 0)

    @rx.event
    async def sync(self):
        """Follow the address: open, close, or look whether there is a newer version."""
        wanted = self.router.url.query_parameters.get("task", "")
        if not wanted:
            self.view, self.task_id = "closed", ""
            return
        if (wanted, await self._place()) == self._left:  # closed a moment ago, and the address has not followed yet
            return
        try:
            task_id, on = parse_row(f"{wanted}@{self.router.url.query_parameters.get('on', '')}".rstrip("@"))
            async with self._db() as session:
                view = await read_panel(session, task_id, on)
        except UserError as error:
            self.view, self.task_id, self.problem = "missing", wanted[:64], str(error)
            return
        is_same = self.view == "ready" and self.task_id == str(task_id) and self._on == view.task.instance_date
        if is_same and form_of(view) != self._shown:
            self._offer(form_of(view))
            return
        if not is_same:
            self._open(view)
        self._show(view)

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Save what was changed in the form. Nothing that was changed elsewhere meanwhile is overwritten."""
        typed = {name: str(form[name])[:LONGEST_FIELD].replace("\r\n", "\n") for name in FIELDS if name in form}
        self.problem = ""
        try:
            async with self._db() as session:
                there = await self._locked(session)
                now = form_of(there)
                changed = {name for name, value in typed.items() if value != self._shown.get(name)}
                clash = {name for name in changed if now[name] not in (self._shown.get(name), typed[name])}
                if clash:
                    self._offer(now)
                    return None
                changes = changes_of(typed, self._shown, there.zone_now)
                if not changes:
                    return None
                async with remembered(session, [there.task.id], details=True) as undo:
                    task_id = await self._change(session, there, changes)
                    undo.made = [task_id] if task_id != there.task.id else []
                view = await read_panel(session, task_id, None if task_id != there.task.id else self._on)
        except UserError as error:
            self.problem, self.saved = str(error), ""
            return None
        self.saved, self.newer = "Saved", ""
        await keep_undo(self, undo)
        if task_id != there.task.id:
            return self._go_to(task_id)
        self._after_save(typed, now, form_of(view))
        self._show(view)
        return Inbox.sync

    @rx.event
    async def take_newer(self):
        """Fill the form with the newer version."""
        async with self._db() as session:
            view = await read_panel(session, *self._key())
        self._open(view)
        self._show(view)

    @rx.event
    async def keep_mine(self):
        """Let what is typed win: the next save overwrites the newer version of those fields."""
        async with self._db() as session:
            view = await read_panel(session, *self._key())
        self._shown, self.newer = form_of(view), ""

    @rx.event
    async def set_scope(self, scope: str):
        """How far a change of a recurring task reaches."""
        if scope in set(Scope):
            self.scope = scope

    @rx.event
    async def close(self):
        """Leave the panel; what could not be saved keeps it open once."""
        if self.problem and self.view == "ready" and "Close again" not in self.problem:
            self.problem += " Close again to leave without saving."
            return None
        self.view, self.task_id, self.problem = "closed", "", ""
        self._left = self.router.url.query_parameters.get("task", ""), await self._place()
        return rx.redirect(self.router.url.path)

    async def _place(self) -> int:
        """Which of the addresses that this tab opened it is at: the first, the second, and so on."""
        opened: int = (await self.get_state(Inbox))._opened
        return opened

    def _offer(self, now: dict[str, str]) -> None:
        names = [WORDS[name] for name in FIELDS if now[name] != self._shown.get(name)]
        self.newer = f"Changed in another place: {', '.join(names)}."

    def _after_save(self, typed: dict[str, str], before: dict[str, str], after: dict[str, str]) -> None:
        """The form shows what was typed. What follows from it is drawn; what was changed elsewhere is offered."""
        changed = {name for name, value in typed.items() if value != self._shown.get(name)}
        follows = {name for name in FIELDS if after[name] != before[name]}
        self._shown = {**self._shown, **{name: after[name] for name in changed | follows}}
        if follows - changed:
            self.fields = {**self.fields, **typed, **{name: after[name] for name in follows}}
            self.revision += 1
        if after != self._shown:
            self._offer(after)

    def _key(self) -> tuple[UUID, date | None]:
        task_id, _ = parse_row(self.task_id)
        return task_id, self._on

    async def _locked(self, session: AsyncSession) -> PanelView:
        task_id, on = self._key()
        await get_task(session, task_id, lock=True)
        return await read_panel(session, task_id, on)

    async def _change(self, session: AsyncSession, there: PanelView, changes: dict[str, Any]) -> UUID:
        if there.task.instance_date is None:
            await change_task(session, there.task.id, changes)
            return there.task.id
        if changes.keys() & {"status"}:
            raise InvalidInput("A date of a repetition is completed or skipped with the buttons above.")
        if self.scope == Scope.THIS and changes.keys() & {"recurrence_pattern", "recurrence_ends"}:
            raise InvalidInput("One date alone has no repetition. Choose “This and following” or “All”.")
        return await change_series(session, there.task.id, there.task.instance_date, Scope(self.scope), changes)

    def _open(self, view: PanelView) -> None:
        """Fill the form anew."""
        self.view, self.revision = "ready", self.revision + 1
        self.task_id, self._on = str(view.task.id), view.task.instance_date
        self.fields = self._shown = form_of(view)
        self.newer = self.problem = self.saved = ""
        self.scope = Scope.THIS if self._on else Scope.ALL

    def _show(self, view: PanelView) -> None:
        """Everything but the form."""
        task = view.task
        self.done, self.deleted = task.is_done, task.deleted_at is not None
        self.repeats = repeat_words(task, str(view.zone_now.tzinfo))
        self.on_words = date_words(task.instance_date) if task.instance_date else ""
        self.dates = [date_words(day) for day in view.dates]
        self.steps = [StepRow(index, step.text, step.done) for index, step in enumerate(view.steps)]
        self.needs = [Choice(str(each.id), each.title, routes.task(each.id), each.is_done) for each in view.needs]
        self.choices = [Choice(str(each.id), each.title) for each in view.choices]
        self.projects = [Choice(str(key), name) for key, name in view.projects.items()]
        self.activity = activity_of(view)
        self.source_href = routes.review(view.brain_dump_id) if view.brain_dump_id else ""
        self._show_phase(view)
        self.first_day = str(view.project_starts or "")
        self.last_day = str(view.project_ends or "")

    def _show_phase(self, view: PanelView) -> None:
        self.phase = view.phase or ""
        self.phase_href = routes.phases(view.task.project_id) if view.task.project_id else ""
        self.phase_warning = ""
        if view.is_outside_its_phase and view.phase_starts and view.phase_ends:
            between = f"{date_words(view.phase_starts)} to {date_words(view.phase_ends)}"
            self.phase_warning = f"Its date lies outside of this phase, which is {between}."

    def _go_to(self, task_id: UUID) -> Any:
        on = self._on if self.scope == Scope.FOLLOWING else None
        return rx.redirect(f"{self.router.url.path}{routes.task(task_id, on)}")


read_again(PANEL, TaskPanelState.sync)
