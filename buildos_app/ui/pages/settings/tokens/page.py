"""The list of tokens, the form for a new one, and the new one itself, once."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import choice, field
from buildos_app.ui.components.surfaces import card, card_header, empty, entry, problem, skeleton_rows, why
from buildos_app.ui.pages.settings.tokens.state import TokensState as State

LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("never", "never"))


def tokens() -> rx.Component:
    """Make, see, revoke."""
    return rx.fragment(
        card(card_header("New token"), rx.cond(State.new_token != "", _new_one()), _form()),
        card(
            card_header("Your tokens"),
            rx.cond(
                State.loaded,
                rx.cond(
                    State.tokens.length() > 0,
                    rx.el.ul(rx.foreach(State.tokens, _token), custom_attrs={"data-rows": "true"}),
                    empty(
                        "No token yet",
                        "A token lets a program of yours ask for your jobs over HTTP. Give it a name above.",
                        icon_name="key-round",
                    ),
                ),
                skeleton_rows(2),
            ),
        ),
    )


def _new_one() -> rx.Component:
    return rx.el.div(
        rx.el.p("Copy it now: it is not shown again.", class_name="font-[560]"),
        rx.el.code(State.new_token, id="new-token", class_name="block font-mono text-sm break-all select-all"),
        rx.el.p("Send it as ", rx.el.code("Authorization: Bearer …"), class_name="text-xs text-ink-2"),
        role="status",
        class_name="grid gap-2 m-4 mb-0 p-4 rounded-m bg-good-soft text-ink",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(State.error != "", problem(State.error)),
        field("Name", "name", required=True, max_length=60, placeholder="The program it is for", auto_complete="off"),
        choice(
            "It runs out after",
            "lifetime",
            *[rx.el.option(label, value=value) for value, label in LIFETIMES],
            default_value="90",
        ),
        rx.el.div(button("Make token", look="primary", type="submit"), class_name="flex justify-end"),
        on_submit=State.make,
        key=State.made.to_string(),
        class_name="grid gap-4 p-4 md:p-5",
    )


def _token(item: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.icon("key-round", size=18, aria_hidden="true", class_name="text-ink-3 shrink-0"),
        rx.el.div(rx.el.span(item.name, class_name="break-words"), why(item.detail), class_name="flex-1 min-w-0"),
        button(
            "Revoke",
            rx.el.span(" " + item.name, class_name="sr-only"),
            look="quiet",
            on_click=State.revoke(item.id),
            custom_attrs={"data-row-key": "x"},
        ),
        class_name="flex-nowrap",
    )
