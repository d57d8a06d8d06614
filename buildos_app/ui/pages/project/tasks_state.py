"""The tasks of a project."""

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.errors import UserError
from buildos_app.projects.queries import list_project_tasks
from buildos_app.projects.tasks import toggle_task
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.views import TaskRow

MOST = 100


class ProjectTasksState(SessionState):
    """Open tasks first, by date."""

    tasks: list[TaskRow] = []
    _timezone: str = "UTC"

    @rx.event
    async def load(self):
        """Read the tasks again; a project that is missing, the frame tells."""
        try:
            async with self._db() as session:
                self._timezone = (await get_profile(session, self._user_id)).timezone
                tasks = await list_project_tasks(session, project_of(self), limit=MOST)
        except UserError:
            return
        self.tasks = [task_row_of(task, self._timezone, show_project=False) for task in tasks]

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        async with self._db() as session:
            task = await toggle_task(session, parse_id(task_id))
        self.tasks = replaced(self.tasks, task_row_of(task, self._timezone, show_project=False))
        return ProjectState.load


read_again(routes.project("*", "tasks"), ProjectTasksState.load)
