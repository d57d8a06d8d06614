"""The form of the working hours."""

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import checkbox, field
from buildos_app.ui.components.surfaces import card, card_header, problem, skeleton_rows
from buildos_app.ui.pages.settings.hours.state import DAYS
from buildos_app.ui.pages.settings.hours.state import HoursState as State


def working_hours() -> rx.Component:
    """From when to when, on which days."""
    return card(card_header("Working hours"), rx.cond(State.loaded, _form(), skeleton_rows(3)))


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(State.error != "", problem(State.error)),
        rx.el.p("Today shows how much of them is planned.", class_name="text-sm text-ink-2"),
        rx.el.div(
            field("From", "start", type="time", default_value=State.start),
            field("To", "end", type="time", default_value=State.end),
            class_name="grid grid-cols-2 gap-3",
        ),
        rx.el.fieldset(
            rx.el.legend("Days", class_name="text-sm font-medium mb-[6px]"),
            *[_day(number, name) for number, name in enumerate(DAYS, start=1)],
            class_name="flex flex-wrap gap-x-5",
        ),
        rx.el.div(button("Save working hours", look="primary", type="submit"), class_name="flex justify-end"),
        on_submit=State.save,
        key=State.start + State.end + State.days.to_string(),
        class_name="grid gap-4 p-4 md:p-5",
    )


def _day(number: int, name: str) -> rx.Component:
    return rx.el.label(
        checkbox(name, name=f"day-{number}", default_checked=State.days[number - 1]),
        name,
        class_name="inline-flex items-center gap-2 min-h-[38px]",
    )
