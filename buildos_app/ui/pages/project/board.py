"""The tasks of a project as a board: a column for each status. Drag a card, or choose its column in its own list."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.surfaces import chip, chips
from buildos_app.ui.components.tasks import task_title
from buildos_app.ui.pages.project.tasks_state import COLUMNS, ProjectTasksState


def task_board() -> rx.Component:
    """All four columns; on a phone one below the other."""
    return rx.el.div(
        rx.foreach(ProjectTasksState.columns, _column),
        class_name="grid gap-4 items-start sm:grid-cols-2 xl:grid-cols-4",
    )


def _column(column: rx.Var[Any]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(column.name, class_name="font-semibold"),
            chip(column.tasks.length()),
            class_name="flex items-center gap-2 px-1",
        ),
        rx.cond(
            column.tasks.length() > 0,
            rx.el.ul(rx.foreach(column.tasks, _card), class_name="grid gap-2 pt-3", custom_attrs={"data-rows": "true"}),
            rx.el.p(
                "Nothing here. Drag a card, or choose this column in its list.", class_name="text-sm text-ink-3 p-1"
            ),
        ),
        aria_label=column.name,
        custom_attrs={"data-column": column.status},
        class_name="bg-sunken border border-line rounded-l p-3 min-w-0 min-h-[120px]",
    )


def _card(task: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        task_title(task),
        rx.el.div(chips(task.chips), class_name="[&>span]:justify-start"),
        rx.el.select(
            *[rx.el.option(name, value=status.value) for status, name in COLUMNS],
            value=task.status,
            on_change=lambda status: ProjectTasksState.move(task.id, status),
            aria_label=f"Column: {task.title}",
            class_name="text-xs text-ink-2 bg-transparent border border-line rounded-s h-7 px-1 w-fit",
        ),
        tab_index=-1,
        draggable=True,
        custom_attrs={"data-row": "true", "data-card": task.id},
        class_name="group/row grid gap-2 bg-surface border border-line rounded-m px-3 py-[10px] cursor-grab "
        "focus:bg-accent-soft focus-visible:shadow-none outline-none",
    )
