"""Accounts as they are drawn."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, entry, skeleton_rows, why
from buildos_app.ui.pages.admin.people.state import PeopleState as State


def people() -> rx.Component:
    """Search, then the list."""
    return rx.fragment(
        rx.el.form(
            rx.el.input(
                name="search",
                type="search",
                aria_label="Name or address",
                placeholder="Name or address",
                default_value=State.search,
                auto_complete="off",
                class_name=INPUT + "max-w-[320px]",
            ),
            button("Find", type="submit"),
            on_submit=State.find,
            class_name="flex gap-2",
        ),
        card(
            card_header("People", chip(State.people.length())),
            rx.cond(
                State.loaded,
                rx.cond(
                    State.people.length() > 0,
                    rx.el.div(
                        rx.el.ul(rx.foreach(State.people, _person), custom_attrs={"data-rows": "true"}),
                        rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
                    ),
                    empty("Nobody by that name", "Search for a part of the name or of the address.", icon_name="users"),
                ),
                skeleton_rows(6),
            ),
        ),
    )


def _person(item: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.el.div(
            rx.el.span(item.name, class_name="break-words"),
            why(item.detail),
            class_name="flex-1 min-w-[min(220px,100%)] [overflow-wrap:anywhere]",
        ),
        rx.el.div(
            rx.cond(item.is_admin, chip("administrator", tone="accent")),
            rx.cond(item.restricted, chip("shut out", tone="bad")),
            rx.cond(item.leaving, chip("leaves soon", tone="warn")),
            rx.cond(item.sessions > 0, _act("Sign out", item, State.sign_out)),
            rx.cond(
                item.is_me,
                chip("you"),
                rx.cond(item.restricted, _act("Let in", item, State.let_in), _act("Shut out", item, State.shut_out)),
            ),
            class_name="flex flex-wrap items-center justify-end gap-2",
        ),
    )


def _act(verb: str, item: rx.Var[Any], handler: Any) -> rx.Component:
    return button(verb, rx.el.span(" " + item.email, class_name="sr-only"), look="quiet", on_click=handler(item.id))
