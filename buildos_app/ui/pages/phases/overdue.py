"""The dialog that gives new days to what is late."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import checkbox, field
from buildos_app.ui.components.surfaces import chip
from buildos_app.ui.pages.phases.overdue_state import OverdueState as State


def overdue_dialog() -> rx.Component:
    """The dialog, while it is open."""
    return rx.cond(
        State.is_open,
        form_dialog(
            "overdue",
            "Reschedule what is overdue",
            rx.el.p(
                "Tasks get starts one after the other in your working hours. A due date that is past moves to the day "
                "of the start.",
                class_name="text-sm text-ink-2",
            ),
            rx.el.div(rx.foreach(State.groups, _group), class_name="grid gap-3"),
            rx.cond(
                State.more > 0,
                rx.el.p(State.more, " more come when these have new days.", class_name="text-sm text-ink-2"),
            ),
            field("Begin on", "day", type="date", default_value=State.today, min=State.today, required=True),
            on_submit=State.save,
            on_close=State.close,
            save=f"Reschedule {State.count}",
            error=State.error,
            disabled=State.count == 0,
        ),
    )


def _group(group: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            checkbox(group.name, checked=group.on, on_change=lambda _: State.turn(group.number)),
            rx.el.span(group.name, class_name="font-medium"),
            chip(group.titles.length()),
            class_name="inline-flex items-center gap-2",
        ),
        rx.el.ul(
            rx.foreach(group.titles, lambda title: rx.el.li(title, class_name="break-words")),
            class_name="list-disc pl-12 text-sm text-ink-2",
        ),
    )
