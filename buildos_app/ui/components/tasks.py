"""A task wherever it stands: the same row in Today, in a project and in a phase."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import icon_button
from buildos_app.ui.components.surfaces import chips, row, why
from buildos_app.ui.components.tick_box import tick_box

ROW_LOOK = "group/row focus:bg-accent-soft focus-within:bg-hover focus-visible:shadow-none outline-none"
TITLE = (
    "block break-words text-left hover:underline underline-offset-2 decoration-line-strong rounded-s "
    "group-has-[[data-done]:checked]/row:text-ink-3 group-has-[[data-done]:checked]/row:line-through"
)


def task_row(task: rx.Var[Any], on_toggle: rx.EventHandler, *lead: Any, on_skip: Any = None) -> rx.Component:
    """A task with its box and a title that opens the panel; x on the selected row ticks it, Enter or e opens it, and s
    skips one date of a recurring task."""
    return row(
        rx.fragment(*lead, done_box(task, on_toggle)),
        task_title(task),
        rx.cond(task.why != "", why(task.why)),
        _skip(task, on_skip) if on_skip is not None else rx.fragment(),
        chips(task.chips),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name=ROW_LOOK,
    )


def _skip(task: rx.Var[Any], on_skip: rx.EventHandler) -> rx.Component:
    return rx.cond(
        task.recurring & ~task.done,
        icon_button(
            "skip-forward",
            f"Skip this time: {task.title}",
            on_click=on_skip(task.id),
            custom_attrs={"data-row-key": "s"},
            class_name="opacity-0 group-hover/row:opacity-100 group-focus-within/row:opacity-100 max-md:opacity-100 "
            "motion-safe:transition-opacity -my-1",
        ),
    )


def done_box(task: rx.Var[Any], on_toggle: rx.EventHandler, **props: Any) -> rx.Component:
    """The box that completes a task, at once to the eye."""
    return tick_box(
        f"Done: {task.title}",
        task.done,
        lambda _: on_toggle(task.id),
        custom_attrs={"data-row-key": "x", "data-done": "true"},
        **props,
    )


def task_title(task: rx.Var[Any]) -> rx.Component:
    """The title; with an address it opens the task's panel."""
    return rx.cond(
        task.href != "",
        rx.el.a(task.title, href=task.href, custom_attrs={"data-row-key": "e Enter"}, class_name=TITLE),
        rx.el.span(task.title, class_name=rx.cond(task.done, "text-ink-3 line-through break-words", "break-words")),
    )


def task_list(tasks: Any, on_toggle: rx.EventHandler, on_skip: Any = None) -> rx.Component:
    """Rows of tasks."""
    return rx.el.ul(
        rx.foreach(tasks, lambda task: task_row(task, on_toggle, on_skip=on_skip)), custom_attrs={"data-rows": "true"}
    )
