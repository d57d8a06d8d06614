"""The dialogs of the board: a phase, its deletion, and a day for a task that was moved."""

import reflex as rx

from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import field, text_area
from buildos_app.ui.pages.phases.edit_state import PhaseEditState as State


def edit_dialogs() -> rx.Component:
    """What is open over the tab."""
    return rx.match(
        State.mode,
        ("new", _editor("New phase")),
        ("edit", _editor("Edit phase")),
        ("delete", _deletion()),
        ("date", _date()),
        rx.fragment(),
    )


def _editor(title: str) -> rx.Component:
    form = State.form
    return form_dialog(
        "phase-editor",
        title,
        field("Name", "name", default_value=form.name, required=True, max_length=255, auto_focus=True),
        text_area("What it is for", "description", default_value=form.description, rows="2", max_length=2000),
        rx.el.div(
            field("First day", "start_date", type="date", default_value=form.start, required=True),
            field("Last day", "end_date", type="date", default_value=form.end, required=True),
            class_name="grid gap-4 grid-cols-2 [&>div]:min-w-0",
        ),
        on_submit=State.save,
        on_close=State.close,
        save="Save phase",
        error=State.error,
        key=form.id,
    )


def _deletion() -> rx.Component:
    return form_dialog(
        "phase-deletion",
        f"Delete “{State.form.name}”?",
        rx.el.p(State.question),
        on_submit=State.delete,
        on_close=State.close,
        save="Delete phase",
        look="danger",
        error=State.error,
    )


def _date() -> rx.Component:
    return form_dialog(
        "phase-date",
        "A new day for the task?",
        rx.el.p(State.question, " Give it a day in the phase, or leave its start as it is."),
        field(
            "Starts",
            "day",
            type="date",
            default_value=State.form.start,
            min=State.first,
            max=State.last,
            required=True,
            auto_focus=True,
        ),
        on_submit=State.set_date,
        on_close=State.close,
        save="Change the day",
        cancel="Leave it",
        error=State.error,
    )
