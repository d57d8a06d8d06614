"""What one wants to be told: a box for each kind of news and each way of telling it."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.fields import checkbox
from buildos_app.ui.components.surfaces import card, card_header, entry, notice, skeleton_rows
from buildos_app.ui.pages.settings.notifications.state import NotificationSettingsState as State

COLUMN = "w-[58px] shrink-0 flex justify-center text-center"


def notification_settings() -> rx.Component:
    """The kinds by topic."""
    return rx.fragment(
        rx.cond(
            State.all_off,
            notice(
                "Everything is off: what fails or waits for you is told nowhere. Look at your jobs now and then.",
                icon_name="triangle-alert",
            ),
        ),
        rx.cond(State.loaded, rx.foreach(State.topics, _topic), card(skeleton_rows(6))),
        rx.el.p(
            "What is in the list stays in ",
            rx.el.a("Notifications", href=routes.NOTIFICATIONS, class_name="underline"),
            " until you dismiss it; a toast shows it as it happens. Mail about briefs is turned on and off in ",
            rx.el.a("Briefs", href=routes.settings("briefs"), class_name="underline"),
            ".",
            class_name="text-sm text-ink-2",
        ),
        rx.el.p(State.saved, role="status", class_name="sr-only"),
    )


def _topic(item: rx.Var[Any]) -> rx.Component:
    return card(
        card_header(
            item.topic,
            rx.el.span(class_name="ml-auto"),
            *[
                rx.el.span(name, aria_hidden="true", class_name=COLUMN + " text-xs text-ink-3")
                for name in ("List", "Toast")
            ],
        ),
        rx.el.ul(rx.foreach(item.rows, _kind), custom_attrs={"data-rows": "true"}),
    )


def _kind(row: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.el.span(row.label, class_name="flex-1 min-w-0 break-words"),
        rx.el.span(
            checkbox(
                f"In the list: {row.label}",
                checked=row.listed,
                on_change=lambda _: State.turn(row.event, "list"),
                custom_attrs={"data-row-key": "x"},
            ),
            class_name=COLUMN,
        ),
        rx.el.span(
            checkbox(
                f"As a toast: {row.label}",
                checked=row.toast,
                disabled=~row.listed,
                on_change=lambda _: State.turn(row.event, "toast"),
                class_name="disabled:opacity-40",
            ),
            class_name=COLUMN,
        ),
        key=row.event,
        class_name="flex-nowrap",
    )
