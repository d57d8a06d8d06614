"""The error log as it is drawn."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, segments
from buildos_app.ui.components.fields import INPUT, checkbox
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, entry, skeleton_rows, why
from buildos_app.ui.pages.admin.errors.state import ErrorsState as State


def errors() -> rx.Component:
    """Filters, then the list."""
    return rx.fragment(
        _filters(),
        card(
            card_header("Errors", chip(State.errors.length())),
            rx.cond(State.loaded, rx.cond(State.errors.length() > 0, _list(), _nothing()), skeleton_rows(6)),
        ),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        segments(
            "Which errors",
            ("Open", ~State.resolved, State.show_resolved(False)),
            ("Resolved", State.resolved, State.show_resolved(True)),
        ),
        rx.el.select(
            rx.el.option("Every type", value=""),
            rx.foreach(State.types, lambda name: rx.el.option(name, value=name)),
            value=State.error_type,
            on_change=State.choose_type,
            aria_label="Type",
            class_name=INPUT + "max-w-[240px]",
        ),
        button("Refresh", on_click=State.load, class_name="ml-auto"),
        class_name="flex flex-wrap items-center gap-3",
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.cond(~State.resolved, _bulk()),
        rx.el.ul(rx.foreach(State.errors, _error), custom_attrs={"data-rows": "true"}),
        rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
    )


def _bulk() -> rx.Component:
    return rx.el.form(
        checkbox(
            "Select all that are shown",
            checked=State.selected.length() == State.errors.length(),
            on_change=lambda _: State.select_all(),
        ),
        rx.el.span(State.selected.length(), " selected", class_name="text-sm text-ink-2 tabular-nums shrink-0"),
        rx.el.input(
            name="note",
            aria_label="Note",
            placeholder="What was done about it",
            max_length=500,
            auto_complete="off",
            class_name=INPUT + "flex-1 min-w-[160px] max-w-[360px] ml-auto",
        ),
        button(
            "Resolve ",
            State.selected.length(),
            look="primary",
            type="submit",
            disabled=State.selected.length() == 0,
        ),
        on_submit=State.resolve,
        reset_on_submit=True,
        class_name="flex flex-wrap items-center gap-3 px-4 py-2 border-b border-line bg-sunken",
    )


def _error(item: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.cond(
            ~State.resolved,
            checkbox(
                f"Resolve {item.error_type}: {item.message}",
                checked=State.selected.contains(item.id),
                on_change=lambda _: State.select(item.id),
                custom_attrs={"data-row-key": "x"},
            ),
        ),
        rx.el.div(
            rx.el.span(item.message, class_name="break-words"),
            why(item.detail),
            rx.cond(item.note != "", why(item.note)),
            class_name="flex-1 min-w-0",
        ),
        chip(item.error_type),
    )


def _nothing() -> rx.Component:
    return rx.cond(
        State.resolved,
        empty("Nothing resolved yet", "What you mark as resolved is kept here for 90 days.", icon_name="archive"),
        empty("No open error", "Each run that ends badly is noted here, without secrets.", icon_name="circle-check"),
    )
