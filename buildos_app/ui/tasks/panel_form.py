"""The fields of a task. The browser holds what is typed and sends the form when a field is left (`panel.js`)."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.markdown import markdown_area
from buildos_app.ui.tasks.panel_state import TaskPanelState

STATUSES = (("backlog", "To do"), ("in_progress", "In progress"), ("blocked", "Blocked"), ("done", "Done"))
PRIORITIES = (("low", "Low"), ("medium", "Medium"), ("high", "High"))
PATTERNS = (
    ("", "Does not repeat"),
    ("daily", "Every day"),
    ("weekdays", "Every weekday"),
    ("weekly", "Every week"),
    ("biweekly", "Every 2 weeks"),
    ("monthly", "Every month"),
    ("quarterly", "Every 3 months"),
    ("yearly", "Every year"),
)
SCOPES = (("this", "This one"), ("following", "This and following"), ("all", "All"))


def task_form() -> rx.Component:
    """The form. It is drawn anew when a version is taken over, and left alone otherwise."""
    return rx.el.form(
        rx.cond(TaskPanelState.on_words != "", _scope()),
        _title(),
        rx.el.div(
            _select("Status", "status", STATUSES, disabled=TaskPanelState.on_words != ""),
            _select("Priority", "priority", PRIORITIES),
            class_name="grid grid-cols-2 gap-3",
        ),
        rx.el.div(
            _moment("Start", "start"),
            _moment("Due", "due", disabled=TaskPanelState.repeats != ""),
            class_name="grid sm:grid-cols-2 gap-3",
        ),
        rx.el.div(
            _input("Duration", "duration", placeholder="30 min, 2 h"), _project(), class_name="grid grid-cols-2 gap-3"
        ),
        _repetition(),
        _details(),
        button("Save", type="submit", custom_attrs={"data-hotkey": "mod+enter mod+Enter"}, class_name="sr-only"),
        on_submit=TaskPanelState.save,
        id="task-form",
        key=TaskPanelState.revision.to_string(),
        custom_attrs={"data-saves": "true"},
        class_name="grid gap-4",
    )


def _field(label: str, name: str, control: rx.Component, *below: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"task-{name}", class_name="text-sm font-medium"),
        control,
        *below,
        class_name="grid gap-[6px] min-w-0",
    )


def _input(label: str, name: str, **props: Any) -> rx.Component:
    control = rx.el.input(
        id=f"task-{name}",
        name=name,
        default_value=TaskPanelState.fields[name],
        auto_complete="off",
        class_name=INPUT,
        **props,
    )
    return _field(label, name, control)


def _title() -> rx.Component:
    return rx.el.div(
        rx.el.label("Title", html_for="task-title", class_name="sr-only"),
        rx.el.textarea(
            id="task-title",
            name="title",
            rows="1",
            max_length=255,
            default_value=TaskPanelState.fields["title"],
            custom_attrs={"data-one-line": "true"},
            class_name="w-full text-xl font-[620] tracking-[-0.015em] bg-transparent resize-none rounded-s px-1 -mx-1 "
            "field-sizing-content",
        ),
    )


def _details() -> rx.Component:
    return markdown_area(
        "Details",
        "details",
        id="task-details",
        rows="4",
        max_length=50_000,
        placeholder="Anything that helps. Markdown is fine.",
        default_value=TaskPanelState.fields["details"],
    )


def _select(label: str, name: str, options: Any, **props: Any) -> rx.Component:
    control = rx.el.select(
        *[rx.el.option(words, value=value) for value, words in options],
        id=f"task-{name}",
        name=name,
        default_value=TaskPanelState.fields[name],
        class_name=INPUT + "disabled:opacity-60",
        **props,
    )
    return _field(label, name, control)


def _moment(label: str, name: str, **props: Any) -> rx.Component:
    """A day, and a time that may be left empty."""

    def part(kind: str, words: str, **more: Any) -> rx.Component:
        return rx.el.input(
            type="date" if kind == "day" else "time",
            id=f"task-{name}_{kind}",
            name=f"{name}_{kind}",
            default_value=TaskPanelState.fields[f"{name}_{kind}"],
            aria_label=words,
            class_name=INPUT + "min-w-0 px-2 text-sm disabled:opacity-60",
            **more,
            **props,
        )

    return rx.el.fieldset(
        rx.el.legend(label, class_name="text-sm font-medium mb-[6px]"),
        rx.el.div(
            part("day", f"{label} day", min=TaskPanelState.first_day, max=TaskPanelState.last_day),
            part("time", f"{label} time"),
            class_name="grid grid-cols-[minmax(0,11fr)_minmax(0,10fr)] gap-2",
        ),
        class_name="min-w-0",
    )


def _project() -> rx.Component:
    control = rx.el.select(
        rx.el.option("No project", value=""),
        rx.foreach(TaskPanelState.projects, lambda item: rx.el.option(item.name, value=item.id)),
        id="task-project_id",
        name="project_id",
        default_value=TaskPanelState.fields["project_id"],
        class_name=INPUT,
    )
    return _field("Project", "project_id", control)


def _repetition() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _select("Repeats", "pattern", PATTERNS),
            rx.cond(TaskPanelState.repeats != "", _input("Ends (empty: never)", "ends", type="date")),
            class_name="grid grid-cols-2 gap-3",
        ),
        rx.cond(
            TaskPanelState.dates.length() > 0,
            rx.el.p(
                "Next: ",
                rx.foreach(
                    TaskPanelState.dates,
                    lambda day, index: rx.fragment(rx.cond(index > 0, ", ", ""), day),
                ),
                class_name="text-sm text-ink-2 tabular-nums mt-2",
            ),
        ),
    )


def _scope() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Changes and deleting apply to", class_name="text-sm font-medium mb-[6px]"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="scope",
                        value=value,
                        checked=TaskPanelState.scope == value,
                        on_change=TaskPanelState.set_scope(value),
                        class_name="accent-[var(--accent)]",
                    ),
                    words,
                    class_name="inline-flex items-center gap-2 min-h-[38px] cursor-pointer",
                )
                for value, words in SCOPES
            ],
            class_name="flex flex-wrap gap-x-5",
        ),
    )
