"""The form of the profile."""

from zoneinfo import available_timezones

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import INPUT, field
from buildos_app.ui.components.surfaces import card, card_header, problem, skeleton_rows
from buildos_app.ui.pages.settings.profile.state import ProfileState as State
from buildos_app.ui.pages.welcome.answers import about_you

ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")


def profile() -> rx.Component:
    """Name, address, timezone; the first questions and what they were answered with."""
    return rx.fragment(card(card_header("Profile"), rx.cond(State.loaded, _form(), skeleton_rows(3))), about_you())


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(State.error != "", problem(State.error)),
        field("Name", "name", default_value=State.name, max_length=100, auto_complete="name"),
        rx.el.div(
            rx.el.span("E-mail", class_name="text-sm font-medium"),
            rx.el.p(State.email, class_name="text-ink-2 break-words"),
            class_name="grid gap-[6px]",
        ),
        rx.el.div(
            rx.el.label("Timezone", html_for="timezone", class_name="text-sm font-medium"),
            rx.el.select(
                rx.foreach(rx.Var.create(ZONES), lambda zone: rx.el.option(zone, value=zone)),
                id="timezone",
                name="timezone",
                default_value=State.timezone,
                aria_describedby="timezone-why",
                class_name=INPUT,
            ),
            rx.el.p(
                "Days, due times and the daily brief follow it.", id="timezone-why", class_name="text-xs text-ink-3"
            ),
            class_name="grid gap-[6px]",
        ),
        rx.el.div(button("Save profile", look="primary", type="submit"), class_name="flex justify-end"),
        on_submit=State.save,
        key=State.name + State.timezone,
        class_name="grid gap-4 p-4 md:p-5",
    )
