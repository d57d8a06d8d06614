"""The list of briefs, and today's brief in short as Today shows it."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, link_button
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, hint, problem, row, skeleton_rows, why
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.briefs.state import BriefsState as State
from buildos_app.ui.pages.briefs.state import TodaysBriefState as Today
from buildos_app.ui.pages.briefs.writing import running


def briefs() -> rx.Component:
    """All briefs."""
    return shell(
        "Briefs",
        rx.el.div(todays_brief(), _list(), class_name="grid gap-5 max-w-[860px]"),
        sub=rx.cond(State.loaded, State.next_run, ""),
        actions=link_button("When briefs come", href=routes.settings("briefs")),
    )


def todays_brief() -> rx.Component:
    """Today's brief in a few lines, with what can be done about it; Today shows it as well."""
    return rx.cond(
        Today.loaded,
        rx.fragment(
            rx.match(
                Today.writing.state,
                ("running", running(Today.writing, Today.cancel)),
                (
                    "failed",
                    problem(
                        rx.fragment("Today's brief could not be written. ", Today.writing.error),
                        button("Try again", on_click=Today.generate),
                    ),
                ),
                ("ready", rx.fragment()),
                _not_yet(),
            ),
            rx.cond(Today.has_content, _short()),
        ),
        card(skeleton_rows(2)),
    )


def _short() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2("Today's brief", class_name="text-base font-semibold"),
            rx.cond(Today.checked != "", chip("checked against your data", tone="good", title=Today.checked)),
            hint(Today.detail),
            class_name="flex flex-wrap items-center gap-2",
        ),
        rx.el.p(Today.summary, class_name="text-md max-w-[68ch] break-words"),
        rx.el.div(link_button("Read the brief", href=Today.href)),
        class_name="grid gap-3 px-5 py-4",
    )


def _not_yet() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2("Today's brief", class_name="text-base font-semibold"),
            rx.el.p(
                rx.match(
                    Today.writing.state,
                    ("waiting", f"It comes at {Today.writing.planned}."),
                    ("cancelled", "You stopped it."),
                    f"The next one: {Today.detail}",
                ),
                class_name="text-sm text-ink-2",
            ),
            class_name="flex-1 min-w-0",
        ),
        button("Write it now", on_click=Today.generate),
        class_name="flex flex-wrap items-center gap-4 px-5 py-4",
    )


def _list() -> rx.Component:
    return card(
        card_header(
            "Earlier briefs",
            rx.cond(State.streak > 1, chip(State.streak, " days in a row", tone="accent")),
            hint(State.stats),
        ),
        rx.el.div(
            rx.el.label("Search briefs", html_for="search-briefs", class_name="sr-only"),
            rx.el.input(
                id="search-briefs",
                type="search",
                placeholder="Search briefs",
                default_value=State.search,
                on_change=State.find.debounce(250),
                max_length=200,
                class_name=INPUT,
            ),
            class_name="px-4 py-3 border-b border-line",
        ),
        rx.cond(State.loaded, rx.cond(State.briefs.length() > 0, _rows(), _nothing()), skeleton_rows(5)),
    )


def _rows() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(State.briefs, _row), custom_attrs={"data-rows": "true"}),
        rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
    )


def _row(item: rx.Var[Any]) -> rx.Component:
    return row(
        rx.el.span(item.day, class_name="w-[92px] shrink-0 text-xs text-ink-3 tabular-nums"),
        rx.el.a(
            item.title,
            href=item.href,
            custom_attrs={"data-row-key": "Enter"},
            class_name="break-words hover:underline underline-offset-2",
        ),
        rx.cond(item.summary != "", why(rx.el.span(item.summary, class_name="line-clamp-2"))),
        rx.match(
            item.state,
            ("failed", chip("failed", tone="bad")),
            ("cancelled", chip("stopped")),
            ("planned", chip("planned")),
            rx.fragment(),
        ),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="focus:bg-accent-soft outline-none",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        State.search != "",
        empty("No brief says that", "Search for another word, or clear the search to see all.", icon_name="search-x"),
        empty(
            "No briefs yet",
            "Each morning a brief says what comes first that day, and why. You can have the first one now.",
            button("Write today's brief", look="primary", on_click=Today.generate),
            icon_name="newspaper",
        ),
    )
