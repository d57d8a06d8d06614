"""The panel of a task: a drawer at the right, a whole page on a phone. It is a link away from everywhere."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, icon, icon_button, key
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.surfaces import chip, empty, problem, why
from buildos_app.ui.components.tick_box import tick_box
from buildos_app.ui.tasks.calendar_chip import calendar_line
from buildos_app.ui.tasks.panel_actions import PanelActionState
from buildos_app.ui.tasks.panel_form import task_form
from buildos_app.ui.tasks.panel_state import TaskPanelState
from buildos_app.ui.tasks.undo import UndoState

NAME = "task-panel"


def task_panel() -> rx.Component:
    """The drawer; `?task=ID` in the address opens it, Esc closes it."""
    return rx.cond(
        TaskPanelState.view != "closed",
        rx.el.dialog(
            rx.cond(TaskPanelState.view == "ready", _task(), _missing()),
            id=NAME,
            aria_label="Task",
            custom_attrs={"data-opens-itself": "true"},
            class_name="ml-auto mr-0 my-0 w-[min(600px,100vw)] max-w-none h-dvh max-h-none bg-surface text-ink "
            "border-l border-line shadow-float p-0 overflow-y-auto overscroll-contain",
        ),
    )


def _close() -> rx.Component:
    return icon_button("x", "Close", on_click=TaskPanelState.close, custom_attrs={"data-escape": "true"})


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.div(_close(), class_name="flex justify-end p-3"),
        empty("This task is not here", TaskPanelState.problem, icon_name="search-x"),
    )


def _task() -> rx.Component:
    return rx.el.div(
        _head(),
        rx.el.div(
            _notices(),
            calendar_line(),
            task_form(),
            _steps(),
            _needs(),
            _activity(),
            class_name="grid gap-6 px-5 py-4",
        ),
    )


def _head() -> rx.Component:
    return rx.el.div(
        tick_box(
            rx.cond(TaskPanelState.done, "Done", "Mark as done"),
            TaskPanelState.done,
            lambda _: PanelActionState.toggle_done(),
            disabled=TaskPanelState.deleted,
        ),
        rx.el.h2(
            rx.cond(
                TaskPanelState.on_words != "", TaskPanelState.on_words, rx.cond(TaskPanelState.done, "Done", "Task")
            ),
            class_name="font-semibold",
        ),
        rx.cond(TaskPanelState.repeats != "", chip(icon("repeat", 12), TaskPanelState.repeats, tone="accent")),
        rx.el.span(TaskPanelState.saved, role="status", class_name="ml-auto text-sm text-ink-3"),
        rx.cond(
            TaskPanelState.saved != "",
            icon_button("undo-2", "Take the last change back", on_click=UndoState.undo),
        ),
        rx.cond(
            (TaskPanelState.on_words != "") & ~TaskPanelState.done,
            icon_button("skip-forward", "Skip this time", on_click=PanelActionState.skip),
        ),
        rx.cond(
            TaskPanelState.deleted,
            button("Restore", on_click=PanelActionState.restore),
            icon_button("trash-2", "Delete", on_click=PanelActionState.delete),
        ),
        _close(),
        class_name="sticky top-0 z-10 flex items-center gap-3 px-5 py-3 bg-surface border-b border-line",
    )


def _notices() -> rx.Component:
    return rx.fragment(
        rx.cond(
            TaskPanelState.newer != "",
            rx.el.div(
                icon("history"),
                rx.el.p(TaskPanelState.newer, class_name="flex-1 min-w-[180px]"),
                button(
                    "Show the newer version",
                    on_click=TaskPanelState.take_newer,
                    custom_attrs={"data-take-newer": "true"},
                ),
                button(
                    "Keep mine",
                    look="quiet",
                    on_click=TaskPanelState.keep_mine,
                    custom_attrs={"data-submits": "task-form"},
                ),
                role="status",
                class_name="flex flex-wrap items-center gap-3 px-4 py-3 rounded-m bg-warn-soft text-warn text-sm",
            ),
        ),
        rx.cond(TaskPanelState.problem != "", problem(TaskPanelState.problem)),
        rx.cond(
            TaskPanelState.phase != "",
            rx.el.p(
                rx.el.a(
                    chip(icon("milestone", 12), TaskPanelState.phase, tone="accent"),
                    href=TaskPanelState.phase_href,
                    aria_label="Phase: " + TaskPanelState.phase,
                ),
                rx.cond(
                    TaskPanelState.phase_warning != "",
                    rx.el.span(TaskPanelState.phase_warning, class_name="text-sm text-warn"),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
        ),
        rx.cond(
            TaskPanelState.deleted,
            rx.el.p("This task is in the bin. Restore it to change it.", class_name="text-sm text-ink-2"),
        ),
    )


def _heading(text: str, *extra: Any) -> rx.Component:
    return rx.el.div(
        rx.el.h3(text, class_name="text-sm font-semibold"), *extra, class_name="flex items-center gap-2 mb-2"
    )


def _steps() -> rx.Component:
    return rx.el.section(
        _heading("Steps", rx.cond(TaskPanelState.steps.length() > 0, chip(TaskPanelState.steps.length()))),
        rx.el.ul(rx.foreach(TaskPanelState.steps, _step)),
        rx.el.form(
            rx.el.label("New step", html_for="new-step", class_name="sr-only"),
            rx.el.input(id="new-step", name="step", placeholder="Add a step", max_length=255, class_name=INPUT),
            button("Add", type="submit"),
            on_submit=PanelActionState.add_step,
            reset_on_submit=True,
            class_name="flex gap-2 mt-1",
        ),
    )


def _step(step: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        tick_box(f"Step done: {step.text}", step.done, lambda _: PanelActionState.toggle_step(step.index)),
        rx.el.span(
            step.text,
            class_name=rx.cond(step.done, "flex-1 text-ink-3 line-through break-words", "flex-1 break-words"),
        ),
        icon_button("x", f"Remove step: {step.text}", on_click=PanelActionState.remove_step(step.index)),
        class_name="flex items-center gap-[11px] min-h-[38px]",
    )


def _needs() -> rx.Component:
    return rx.el.section(
        _heading("Waits for", rx.cond(TaskPanelState.needs.length() > 0, chip(TaskPanelState.needs.length()))),
        rx.el.ul(rx.foreach(TaskPanelState.needs, _need)),
        rx.cond(
            TaskPanelState.choices.length() > 0,
            rx.el.select(
                rx.el.option("Add a task that comes first", value=""),
                rx.foreach(TaskPanelState.choices, lambda choice: rx.el.option(choice.name, value=choice.id)),
                value="",
                on_change=PanelActionState.add_need,
                aria_label="Waits for another task",
                class_name=INPUT,
            ),
            rx.el.p("No other open task of this project can come first.", class_name="text-sm text-ink-3"),
        ),
    )


def _need(need: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            need.name,
            href=need.href,
            class_name=rx.cond(need.done, "flex-1 line-through text-ink-3", "flex-1 hover:underline break-words"),
        ),
        rx.cond(need.done, chip("done", tone="good"), chip("open")),
        icon_button("x", f"Do not wait for: {need.name}", on_click=PanelActionState.remove_need(need.id)),
        class_name="flex items-center gap-3 min-h-[38px]",
    )


def _activity() -> rx.Component:
    return rx.el.section(
        _heading("Activity"),
        rx.el.ol(
            rx.foreach(
                TaskPanelState.activity,
                lambda row: rx.el.li(
                    rx.el.span(row.what, class_name="flex-1"),
                    rx.el.span(row.when, class_name="text-ink-3 shrink-0"),
                    class_name="flex gap-3 py-1 text-sm",
                ),
            )
        ),
        rx.cond(
            TaskPanelState.source_href != "",
            rx.el.a(
                "Show the dump that it was found in",
                href=TaskPanelState.source_href,
                class_name="text-sm text-accent-text hover:underline",
            ),
        ),
        why("Saved as you go. ", key("Ctrl ↵"), " saves at once."),
    )
