"""Phases by hand: making, editing, deleting, another order, and moving tasks between them."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import reflex as rx

from buildos_app.errors import UserError
from buildos_app.phases.columns import BACKLOG, REPEATING
from buildos_app.phases.editing import (
    Moved,
    add_phase,
    count_tasks,
    delete_phase,
    edit_phase,
    get_phase,
    move_task,
    read_fields,
    shift_phase,
)
from buildos_app.phrases.text import counted
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.instances import person_now
from buildos_app.projects.queries import get_task
from buildos_app.projects.tasks import change_task
from buildos_app.projects.undo import remembered, remembered_phases
from buildos_app.ui.pages.phases.state import AGAIN
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.session import SessionState, parse_day, parse_id
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import day_words


@dataclass(frozen=True)
class PhaseForm:
    """A phase in the editor; the id is empty for a new one."""

    id: str = ""
    name: str = ""
    description: str = ""
    start: str = ""
    end: str = ""


class PhaseEditState(SessionState):
    """`mode` says which dialog is open: new, edit, delete, date (a task whose start lies outside of its new phase)."""

    mode: str = ""
    form: PhaseForm = PhaseForm()
    question: str = ""
    first: str = ""
    last: str = ""
    error: str = ""
    _task_id: str = ""

    @rx.event
    async def new(self):
        """Show an empty form."""
        self.form, self.mode, self.error = PhaseForm(), "new", ""

    @rx.event
    async def edit(self, phase_id: str):
        """Show a phase in the form."""
        async with self._db() as session:
            phase = await get_phase(session, parse_id(phase_id))
            days = (str(phase.start_date), str(phase.end_date))
            self.form = PhaseForm(str(phase.id), phase.name, phase.description, *days)
        self.mode, self.error = "edit", ""

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keep the phase; what does not fit is said in the form."""
        try:
            fields = read_fields(form)
            async with self._db() as session:
                if self.form.id:
                    await edit_phase(session, parse_id(self.form.id), fields)
                else:
                    await add_phase(session, self._user_id, project_of(self), fields)
        except UserError as error:
            self.error = str(error)
            return None
        self.mode = ""
        return AGAIN

    @rx.event
    async def ask_delete(self, phase_id: str):
        """Say what a deletion means, before it."""
        async with self._db() as session:
            phase = await get_phase(session, parse_id(phase_id))
            count = await count_tasks(session, phase.id)
            self.form = PhaseForm(str(phase.id), phase.name)
        self.question = f"{counted(count, 'task')} in it will be in the backlog." if count else "It holds no tasks."
        self.mode, self.error = "delete", ""

    @rx.event
    async def delete(self, form: dict[str, Any]):
        """Delete the phase; its tasks go to the backlog."""
        phase_id = parse_id(self.form.id)
        async with self._db() as session, remembered_phases(session, project_of(self), emptied=phase_id) as undo:
            name = await delete_phase(session, phase_id)
        self.mode = ""
        await offer_undo(self, f"“{name}” deleted; its tasks are in the backlog", undo)
        return AGAIN

    @rx.event
    async def shift(self, phase_id: str, step: int):
        """Let a phase change places with the one beside it."""
        async with self._db() as session, remembered_phases(session, project_of(self)) as undo:
            name = await shift_phase(session, parse_id(phase_id), step)
        await offer_undo(self, f"“{name}” comes {'earlier' if step < 0 else 'later'}", undo)
        return AGAIN

    @rx.event
    async def move(self, task_id: str, phase_id: str):
        """Put a task into another phase or the backlog; a start that does not fit there is asked about."""
        # a card that is dropped on the other one of these two columns has no name for it
        target = None if phase_id in (BACKLOG, REPEATING, "") else parse_id(phase_id)
        key = parse_id(task_id)
        async with self._db() as session, remembered(session, [key], places=True) as undo:
            moved = await move_task(session, self._user_id, key, target)
            today = (await person_now(session)).date()
        await offer_undo(self, f"“{moved.title}” is in {moved.phase_name}", undo)
        if moved.start is not None:
            self._ask(task_id, moved, today)
        return AGAIN

    @rx.event
    async def set_date(self, form: dict[str, Any]):
        """Give the task that was moved a start within its phase; its time of day stays."""
        try:
            day = parse_day(str(form.get("day", "")))
            async with self._db() as session:
                key = parse_id(self._task_id)
                task = await get_task(session, key)
                zone_now = await person_now(session)
                clock = task.start_date.astimezone(zone_now.tzinfo).time() if task.start_date else time(9)
                await change_task(session, key, {"start_date": at_local(day, clock, zone_now)})
        except UserError as error:
            self.error = str(error)
            return None
        self.mode = ""
        return AGAIN

    @rx.event
    async def close(self):
        """Close what is open; nothing is saved."""
        self.mode, self.error = "", ""

    def _ask(self, task_id: str, moved: Moved, today: date) -> None:
        if moved.first is None or moved.last is None or moved.start is None:
            return
        self._task_id, self.first, self.last = task_id, str(moved.first), str(moved.last)
        near = moved.first if moved.start < moved.first else moved.last
        self.form = PhaseForm(start=str(max(near, min(today, moved.last))))
        said = day_words(moved.start, today)
        self.question = f"“{moved.title}” begins {said}, which is outside of {moved.phase_name}."
        self.mode, self.error = "date", ""
