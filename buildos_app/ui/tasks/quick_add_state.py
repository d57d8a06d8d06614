"""What the quick line says, while it is typed and when it is added."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import InvalidInput, UserError
from buildos_app.models.project import Priority
from buildos_app.projects.fields import NewTask
from buildos_app.projects.instances import person_now
from buildos_app.projects.queries import list_project_names
from buildos_app.projects.quick_add import QuickTask, read_line
from buildos_app.projects.tasks import create_task
from buildos_app.projects.undo import remembered
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import quick_chips
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import Chip

LONGEST = 500


class QuickAddState(SessionState):
    """`view` is empty, reading, problem or added. A refused line is put back: `refused`, drawn anew by `tries`."""

    view: str = ""
    title: str = ""
    chips: list[Chip] = []
    note: str = ""
    refused: str = ""
    tries: int = 0
    _added: str = ""

    @rx.event
    async def read(self, line: str):
        """Show what is understood of the line so far."""
        if self._added and line.strip() == self._added:  # its last letter comes late: it was added meanwhile
            return
        self._added = ""
        if not line.strip():
            self.view = ""
            return
        async with self._db() as session:
            quick = await self._understood(session, line)
            self.chips = quick_chips(quick, await person_now(session))
        self.view, self.title = "reading", quick.title

    @rx.event
    async def add(self, form: dict[str, Any]):
        """Make the task; the dialog stays open for the next one."""
        try:
            async with self._db() as session:
                quick = await self._understood(session, str(form.get("line", "")))
                if not quick.title:
                    raise InvalidInput("Say what is to be done: a date alone is no task.")
                async with remembered(session, []) as undo:
                    task = await create_task(session, self._user_id, _new_task(quick))
                    undo.made.append(task.id)
        except UserError as error:
            self.view, self.note = "problem", str(error)
            self._put_back(str(form.get("line", "")))
            return None
        self._put_back("")
        place = f" to {quick.project_name}" if quick.project_name else ""
        self._added = str(form.get("line", "")).strip()
        self.view, self.note = "added", f"Added “{task.title}”{place}"
        await offer_undo(self, self.note, undo)
        return Inbox.sync

    def _put_back(self, line: str) -> None:
        if line or self.refused:
            self.refused, self.tries = line[:LONGEST], self.tries + 1

    async def _understood(self, session: AsyncSession, line: str) -> QuickTask:
        names = await list_project_names(session)
        return read_line(line[:LONGEST], await person_now(session), names, here=self._project_here())

    def _project_here(self) -> UUID | None:
        """The project whose page is open: a task without a tag goes there."""
        parts = self.router.url.path.strip("/").split("/")
        if len(parts) < 2 or parts[0] != "projects":
            return None
        try:
            return parse_id(parts[1])
        except InvalidInput:
            return None


def _new_task(quick: QuickTask) -> NewTask:
    return NewTask(
        title=quick.title,
        project_id=quick.project_id,
        priority=quick.priority or Priority.MEDIUM,
        start_date=quick.start,
        start_has_time=quick.start_has_time,
        due_date=quick.due,
        due_has_time=quick.due_has_time,
        duration_minutes=quick.duration_minutes,
        recurrence_pattern=quick.recurrence_pattern,
        recurrence_rule=quick.recurrence_rule,
        recurrence_ends=quick.recurrence_ends,
    )
