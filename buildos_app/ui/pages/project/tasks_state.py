"""The tasks of a project: a list with filters, a board, and one change for many."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.errors import InvalidInput, UserError
from buildos_app.models.project import TaskStatus
from buildos_app.phrases.text import counted
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.bulk import change_many
from buildos_app.projects.clashes import with_clashes
from buildos_app.projects.instances import person_now, with_next_dates
from buildos_app.projects.lists import Sort, Which, board, count_tasks, list_tasks
from buildos_app.projects.queries import TaskView
from buildos_app.projects.tasks import set_task_status, toggle_task
from buildos_app.projects.undo import remembered
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import parse_row, replaced, task_row_of
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import TaskRow

COLUMNS = (
    (TaskStatus.BACKLOG, "To do"),
    (TaskStatus.IN_PROGRESS, "In progress"),
    (TaskStatus.BLOCKED, "Blocked"),
    (TaskStatus.DONE, "Done"),
)
MOST_SELECTED = 200


@dataclass(frozen=True)
class Column:
    """A column of the board."""

    status: str
    name: str
    tasks: list[TaskRow]


class ProjectTasksState(SessionState):
    """`layout` is list or board. Selecting is kept while the rows are there."""

    ready: bool = False
    layout: str = "list"
    which: str = Which.ACTIVE
    sort: str = Sort.DATE
    counts: dict[str, int] = dict.fromkeys(Which, 0)
    tasks: list[TaskRow] = []
    columns: list[Column] = []
    has_more: bool = False
    selected: list[str] = []
    _timezone: str = "UTC"
    _cursor: tuple[Any, UUID] | None = None

    @rx.event
    async def load(self):
        """Read the tasks again; a project that is missing, the frame tells."""
        try:
            async with self._db() as session:
                zone_now = await person_now(session)
                midnight = _midnight(zone_now)
                self._timezone = str(zone_now.tzinfo)
                project_id = project_of(self)
                self.counts = await count_tasks(session, project_id, midnight)
                columns = await board(session, project_id) if self.layout == "board" else {}
                page = await list_tasks(session, project_id, midnight, which=Which(self.which), sort=Sort(self.sort))
                tasks = await with_next_dates(session, page.tasks, zone_now)
                tasks = await with_clashes(session, zone_now, tasks)
        except UserError:
            return
        self.tasks = [self._row(task) for task in tasks]
        self._cursor, self.has_more = page.cursor, page.cursor is not None
        self.columns = [
            Column(status, name, [self._row(task) for task in columns.get(status, [])]) for status, name in COLUMNS
        ]
        there = {row.id for row in self.tasks}
        self.selected = [row_id for row_id in self.selected if row_id in there]
        self.ready = True

    @rx.event
    async def more(self):
        """Read the next page."""
        if self._cursor is None:
            return
        async with self._db() as session:
            zone_now = await person_now(session)
            page = await list_tasks(
                session,
                project_of(self),
                _midnight(zone_now),
                which=Which(self.which),
                sort=Sort(self.sort),
                after=self._cursor,
            )
            tasks = await with_next_dates(session, page.tasks, zone_now)
            tasks = await with_clashes(session, zone_now, tasks)
        self.tasks = [*self.tasks, *(self._row(task) for task in tasks)]
        self._cursor, self.has_more = page.cursor, page.cursor is not None

    @rx.event
    async def show(self, which: str):
        """Choose a filter."""
        self.which, self.selected = Which(which) if which in set(Which) else Which.ACTIVE, []
        return ProjectTasksState.load

    @rx.event
    async def order(self, sort: str):
        """Choose an order."""
        self.sort = Sort(sort) if sort in set(Sort) else Sort.DATE
        return ProjectTasksState.load

    @rx.event
    async def lay_out(self, layout: str):
        """List or board."""
        self.layout, self.selected = "board" if layout == "board" else "list", []
        return ProjectTasksState.load

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        key, day = parse_row(task_id)
        async with self._db() as session, remembered(session, [key]) as undo:
            task = await toggle_task(session, key, on=day)
        self.tasks = replaced(self.tasks, self._row(task, row_id=task_id))
        await offer_undo(self, f"“{task.title}” {'done' if task.is_done else 'open again'}", undo)
        return ProjectState.load

    @rx.event
    async def move(self, task_id: str, status: str):
        """Move a card to another column."""
        if status not in set(TaskStatus):
            raise InvalidInput("Choose a column of the board.")
        key = parse_id(task_id)
        async with self._db() as session, remembered(session, [key]) as undo:
            await set_task_status(session, key, TaskStatus(status))
        await offer_undo(self, f"Moved to {dict(COLUMNS)[TaskStatus(status)]}", undo)
        return [ProjectTasksState.load, ProjectState.load]

    @rx.event
    async def select(self, task_id: str):
        """Select a row for a change of many, or let it go."""
        if task_id in self.selected:
            self.selected = [each for each in self.selected if each != task_id]
        elif task_id in {row.id for row in self.tasks} and len(self.selected) < MOST_SELECTED:
            self.selected = [*self.selected, task_id]

    @rx.event
    async def select_all(self):
        """Select every row in sight; again lets all go."""
        everything = [row.id for row in self.tasks][:MOST_SELECTED]
        self.selected = [] if len(self.selected) == len(everything) else everything

    @rx.event
    async def change(self, what: str, value: str):
        """Change every selected task at once."""
        if not what or not self.selected:
            return None
        keys = [parse_id(row_id) for row_id in self.selected]
        if what == "project" and value:
            value = str(parse_id(value))
        async with self._db() as session, remembered(session, keys) as undo:
            count = await change_many(session, keys, what, value, await person_now(session))
        self.selected = []
        words = {"delete": "deleted", "restore": "restored"}.get(what, "changed")
        await offer_undo(self, f"{counted(count, 'task')} {words}", undo)
        return [ProjectTasksState.load, ProjectState.load]

    @rx.event
    async def change_date(self, form: dict[str, Any]):
        """Give every selected task a date, in words."""
        return ProjectTasksState.change("date", str(form.get("date", ""))[:100])

    def _row(self, task: TaskView, row_id: str = "") -> TaskRow:
        row = task_row_of(task, self._timezone, show_project=False)
        return row if not row_id or row.id == row_id else _as_its_series(row, row_id)


read_again(routes.project("*", "tasks"), ProjectTasksState.load)


def _midnight(zone_now: datetime) -> datetime:
    return at_local(zone_now.date(), time(), zone_now)


def _as_its_series(row: TaskRow, row_id: str) -> TaskRow:
    """A project's list shows a series as one row, whichever date of it was ticked."""
    return TaskRow(row_id, row.title, row.why, row.done, row.chips, routes.task(row_id), row.status, row.recurring)
