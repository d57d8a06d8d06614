"""The dialog that puts the backlog into phases."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import INPUT, checkbox
from buildos_app.ui.components.surfaces import why
from buildos_app.ui.pages.phases.backlog_state import BacklogState as State


def backlog_dialog() -> rx.Component:
    """The dialog, while it is open."""
    return rx.cond(
        State.is_open,
        form_dialog(
            "backlog",
            "Put the backlog into phases",
            rx.el.p(
                "Each task goes by its date, by what it waits for, or to where there is room. "
                "Tasks that repeat stay where they are.",
                class_name="text-sm text-ink-2",
            ),
            rx.el.ul(rx.foreach(State.rows, _row), class_name="border border-line rounded-m"),
            rx.cond(
                State.more > 0,
                rx.el.p("And ", State.more, " more, found the same way.", class_name="text-sm text-ink-2"),
            ),
            rx.el.label(
                checkbox("Then find a start for each", name="starts", class_name="mt-[2px]"),
                rx.el.span(
                    rx.el.span("Then find a start for each", class_name="font-medium"),
                    rx.el.small(
                        rx.cond(
                            State.has_calendar,
                            "In your working hours, around what your calendar holds. You see them before they count.",
                            "In your working hours. You see them before they count.",
                        ),
                        class_name="block text-ink-2",
                    ),
                ),
                class_name="flex items-start gap-3",
            ),
            on_submit=State.save,
            on_close=State.close,
            save=f"Put {State.count} into phases",
            error=State.error,
            disabled=State.count == 0,
        ),
    )


def _row(row: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.title, class_name="break-words"),
            rx.cond(row.why != "", why(row.why)),
            class_name="flex-1 min-w-0 basis-[75%] md:basis-auto",
        ),
        rx.el.select(
            rx.foreach(State.places, lambda place: rx.el.option(place.name, value=place.id)),
            rx.el.option("Leave it in the backlog", value=""),
            value=row.phase_id,
            on_change=lambda phase_id: State.choose(row.id, phase_id),
            aria_label=f"Phase for {row.title}",
            class_name=INPUT + "h-[34px]! text-sm! md:w-[224px]!",
        ),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2 border-b border-line last:border-0",
    )
