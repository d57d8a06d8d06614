"""Password and sessions."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import field
from buildos_app.ui.components.surfaces import card, card_header, chip, entry, problem, skeleton_rows, why
from buildos_app.ui.pages.settings.security.state import SecurityState as State


def security() -> rx.Component:
    """The form of the password, and where one is signed in."""
    return rx.fragment(
        card(card_header("Password"), _password()),
        card(
            card_header("Where you are signed in"),
            rx.cond(
                State.loaded,
                rx.el.ul(rx.foreach(State.sessions, _session), custom_attrs={"data-rows": "true"}),
                skeleton_rows(2),
            ),
            rx.cond(
                State.sessions.length() > 1,
                rx.el.div(
                    button("Sign out everywhere else", on_click=State.end_others),
                    class_name="flex justify-end px-4 py-3 border-t border-line",
                ),
            ),
        ),
    )


def _password() -> rx.Component:
    new = {"type": "password", "auto_complete": "new-password", "required": True, "min_length": 8, "max_length": 256}
    return rx.el.form(
        rx.cond(State.error != "", problem(State.error)),
        field("Present password", "current", type="password", auto_complete="current-password", required=True),
        field(
            "New password",
            "new",
            rx.el.p(
                "8 characters or more. Anything goes, a sentence is best. Every other session ends.",
                id="new-rule",
                class_name="text-xs text-ink-3",
            ),
            aria_describedby="new-rule",
            **new,
        ),
        field("New password again", "again", **new),
        rx.el.div(button("Change password", look="primary", type="submit"), class_name="flex justify-end"),
        on_submit=State.change_password,
        key=State.changed.to_string(),
        class_name="grid gap-4 p-4 md:p-5",
    )


def _session(item: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.icon("monitor-smartphone", size=18, aria_hidden="true", class_name="text-ink-3 shrink-0"),
        rx.el.div(rx.el.span(item.device, class_name="break-words"), why(item.detail), class_name="flex-1 min-w-0"),
        rx.cond(
            item.is_here,
            chip("this browser", tone="good"),
            button(
                "Sign out",
                rx.el.span(" " + item.device, class_name="sr-only"),
                look="quiet",
                on_click=State.end(item.id),
                custom_attrs={"data-row-key": "x"},
            ),
        ),
        class_name="flex-nowrap",
    )
