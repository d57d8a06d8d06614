"""The list of tokens, the form for a new one, and the new one itself, once."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import INPUT, field
from buildos_app.ui.components.surfaces import ROW, card, card_header, empty, problem, skeleton_rows, why
from buildos_app.ui.pages.settings.tokens.state import TokensState as State


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
        rx.el.div(
            rx.el.label("It runs out after", html_for="lifetime", class_name="text-sm font-medium"),
            rx.el.select(
                rx.el.option("30 days", value="30"),
                rx.el.option("90 days", value="90"),
                rx.el.option("a year", value="365"),
                rx.el.option("never", value="never"),
                id="lifetime",
                name="lifetime",
                default_value="90",
                class_name=INPUT,
            ),
            class_name="grid gap-[6px]",
        ),
        rx.el.div(button("Make token", look="primary", type="submit"), class_name="flex justify-end"),
        on_submit=State.make,
        key=State.made.to_string(),
        class_name="grid gap-4 p-4 md:p-5",
    )


def _token(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.icon("key-round", size=18, aria_hidden="true", class_name="text-ink-3 shrink-0"),
        rx.el.div(rx.el.span(item.name, class_name="break-words"), why(item.detail), class_name="flex-1 min-w-0"),
        button(
            "Revoke",
            rx.el.span(" " + item.name, class_name="sr-only"),
            look="quiet",
            on_click=State.revoke(item.id),
            custom_attrs={"data-row-key": "x"},
        ),
        class_name=ROW + "flex-nowrap focus:bg-accent-soft outline-none",
        tab_index=-1,
        custom_attrs={"data-row": "true"},
    )
