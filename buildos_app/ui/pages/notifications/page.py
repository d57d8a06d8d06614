"""All news."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, icon_button, key, link_button
from buildos_app.ui.components.surfaces import card, chip, empty, entry, skeleton_rows, why
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.notifications.state import NotificationsState as State


def notifications() -> rx.Component:
    """The list, the newest first."""
    return shell(
        "Notifications",
        rx.cond(
            State.loaded,
            rx.cond(State.news.length() > 0, _list(), _nothing()),
            card(skeleton_rows(5)),
        ),
        sub=rx.cond(State.unread > 0, f"{State.unread} unread", "All read"),
        actions=rx.fragment(
            link_button("Jobs", href=routes.JOBS, look="quiet"),
            link_button("What to tell me", href=routes.settings("notifications"), look="quiet"),
            rx.cond(State.unread > 0, button("Mark all as read", on_click=State.read_all)),
        ),
    )


def _list() -> rx.Component:
    return rx.fragment(
        card(rx.el.ul(rx.foreach(State.news, _entry), custom_attrs={"data-rows": "true"}), class_name="max-w-[860px]"),
        rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="mt-4")),
    )


def _entry(item: rx.Var[Any]) -> rx.Component:
    sign = rx.match(
        item.kind,
        ("success", rx.icon("circle-check", size=18, aria_hidden="true", class_name="text-good shrink-0")),
        ("error", rx.icon("circle-alert", size=18, aria_hidden="true", class_name="text-bad shrink-0")),
        ("warning", rx.icon("triangle-alert", size=18, aria_hidden="true", class_name="text-warn shrink-0")),
        rx.icon("info", size=18, aria_hidden="true", class_name="text-accent-text shrink-0"),
    )
    return entry(
        sign,
        rx.el.button(
            rx.el.span(item.title, class_name=rx.cond(item.is_read, "break-words", "font-semibold break-words")),
            rx.cond(item.detail != "", why(item.detail)),
            type="button",
            on_click=State.open(item.id),
            custom_attrs={"data-row-key": "Enter"},
            class_name="flex-1 min-w-0 text-left",
        ),
        rx.cond(~item.is_read, chip("new", tone="accent")),
        rx.el.span(item.when, class_name="text-xs text-ink-3 whitespace-nowrap"),
        icon_button("x", "Dismiss " + item.title, on_click=State.put_away(item.id), custom_attrs={"data-row-key": "x"}),
        class_name="flex-nowrap",
    )


def _nothing() -> rx.Component:
    return card(
        empty(
            "Nothing new",
            "When something that you started is done, or needs you, it is told here and in every open tab.",
            link_button("Write a brain dump", key("B"), href=routes.DUMP),
            icon_name="bell",
        ),
        class_name="max-w-[860px]",
    )
