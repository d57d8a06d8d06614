"""A task wherever it stands: the same row in Today, in a project and in a phase."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.fields import checkbox
from buildos_app.ui.components.surfaces import chips, row, why


def task_row(task: rx.Var[Any], on_toggle: rx.EventHandler) -> rx.Component:
    """A task with its box; x on the selected row ticks it."""
    return row(
        checkbox(
            f"Done: {task.title}",
            checked=task.done,
            on_change=lambda _: on_toggle(task.id),
            custom_attrs={"data-row-key": "x"},
        ),
        rx.el.span(
            task.title,
            class_name=rx.cond(task.done, "text-ink-3 line-through break-words", "break-words"),
        ),
        rx.cond(task.why != "", why(task.why)),
        chips(task.chips),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="focus:bg-accent-soft focus-visible:shadow-none outline-none",
    )


def task_list(tasks: Any, on_toggle: rx.EventHandler) -> rx.Component:
    """Rows of tasks."""
    return rx.el.ul(rx.foreach(tasks, lambda task: task_row(task, on_toggle)), custom_attrs={"data-rows": "true"})
