"""What a project is about, and what comes next in it."""

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.errors import UserError
from buildos_app.projects.queries import get_project_head, list_next_tasks
from buildos_app.projects.tasks import toggle_task
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.project.state import ProjectState, dates_words, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.views import TaskRow

NEXT = 6
LONGEST_CONTEXT = 20_000


class OverviewState(SessionState):
    """The texts of the project and its next tasks."""

    summary: str = ""
    context: str = ""
    dates: str = ""
    tags: list[str] = []
    next_tasks: list[TaskRow] = []
    _timezone: str = "UTC"

    @rx.event
    async def load(self):
        """Read them again; a project that is missing, the frame tells."""
        try:
            project_id = project_of(self)
            async with self._db() as session:
                self._timezone = (await get_profile(session, self._user_id)).timezone
                project = await get_project_head(session, project_id)
                tasks = await list_next_tasks(session, project_id, limit=NEXT)
        except UserError:
            return
        self.summary, self.context = project.executive_summary, project.context[:LONGEST_CONTEXT]
        self.tags = project.tags
        known = project.start_date is not None and project.end_date is not None
        self.dates = dates_words(project.start_date, project.end_date) if known else ""
        self.next_tasks = [task_row_of(task, self._timezone, show_project=False) for task in tasks]

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        async with self._db() as session:
            task = await toggle_task(session, parse_id(task_id))
        self.next_tasks = replaced(self.next_tasks, task_row_of(task, self._timezone, show_project=False))
        return ProjectState.load


read_again(routes.project("*"), OverviewState.load)
