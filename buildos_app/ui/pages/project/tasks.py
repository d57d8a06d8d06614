"""The tab of a project's tasks."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import key, link_button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty
from buildos_app.ui.components.tasks import task_list
from buildos_app.ui.pages.project.tasks_state import ProjectTasksState


def tasks_tab() -> rx.Component:
    """The list, or what to do while it is empty."""
    return card(
        card_header("Tasks", chip(ProjectTasksState.tasks.length())),
        rx.cond(
            ProjectTasksState.tasks.length() > 0,
            task_list(ProjectTasksState.tasks, ProjectTasksState.toggle),
            empty(
                "No task yet",
                "Write a dump for this project, and its tasks show up here.",
                link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
                icon_name="list-checks",
            ),
        ),
    )
