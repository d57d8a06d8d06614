"""Every dump that was sent: a search, a year of days, a list."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, link_button
from buildos_app.ui.components.fields import field
from buildos_app.ui.components.surfaces import card, card_header, empty, hint, row, skeleton_rows, toned_chip, why
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.dumps.state import DumpsState

SHADES = {0: "bg-sunken", 1: "bg-accent/25", 2: "bg-accent/50", 3: "bg-accent/75"}


def dumps() -> rx.Component:
    """The history."""
    return shell(
        "Your dumps",
        rx.el.div(_days(), _search(), _list(), class_name="grid grid-cols-[minmax(0,1fr)] gap-5 max-w-[860px]"),
        sub="Every text that you sent, and what it became.",
        actions=link_button("Write one", href=routes.DUMP, look="primary"),
    )


def _days() -> rx.Component:
    return card(
        card_header("Day by day", hint(DumpsState.sent)),
        rx.el.div(
            rx.el.div(
                rx.foreach(DumpsState.days, _day),
                role="group",
                aria_label="Days; a day with dumps can be chosen",
                class_name="grid grid-rows-7 grid-flow-col gap-[3px] w-max",
            ),
            tab_index=0,
            role="region",
            aria_label="The last 53 weeks",
            class_name="p-4 overflow-x-auto [direction:rtl] [&>div]:[direction:ltr]",
        ),
    )


def _day(day: rx.Var[Any]) -> rx.Component:
    shade = rx.match(day.level, *SHADES.items(), "bg-accent")
    return rx.cond(
        day.level > 0,
        rx.el.button(
            type="button",
            title=day.label,
            aria_label=day.label,
            aria_pressed=DumpsState.day == day.date,
            on_click=DumpsState.choose_day(day.date),
            class_name=f"size-[13px] rounded-[3px] aria-pressed:outline-2 aria-pressed:outline-ink {shade}",
        ),
        rx.el.span(title=day.label, class_name="size-[13px] rounded-[3px] bg-sunken"),
    )


def _search() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            field("Search", "words", hide_label=True, placeholder="Words of a dump", type="search", max_length=200),
            class_name="flex-1 min-w-0",
        ),
        button("Search", type="submit"),
        rx.cond(
            DumpsState.day != "",
            button(DumpsState.day, ": show all days", look="quiet", on_click=DumpsState.choose_day(DumpsState.day)),
        ),
        on_submit=DumpsState.search,
        role="search",
        class_name="flex flex-wrap items-center gap-2",
    )


def _list() -> rx.Component:
    return card(
        rx.cond(
            DumpsState.loaded,
            rx.cond(
                DumpsState.rows.length() > 0,
                rx.el.ul(rx.foreach(DumpsState.rows, _row), custom_attrs={"data-rows": "true"}),
                _nothing(),
            ),
            skeleton_rows(6),
        ),
        rx.cond(
            DumpsState.has_more,
            rx.el.div(button("Older ones", on_click=DumpsState.more), class_name="flex justify-center py-3"),
        ),
        aria_live="polite",
    )


def _row(item: rx.Var[Any]) -> rx.Component:
    return row(
        rx.fragment(),
        rx.el.a(
            item.title,
            href=item.href,
            class_name="break-words hover:underline",
            custom_attrs={"data-row-key": "e Enter"},
        ),
        why(item.when),
        toned_chip(item.state, item.tone),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="focus:bg-accent-soft focus-visible:shadow-none outline-none",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        (DumpsState.words != "") | (DumpsState.day != ""),
        empty("Nothing found", "Try fewer words, or another day.", icon_name="search-x"),
        empty(
            "No dump yet",
            "The first one takes two minutes: write until your head is empty.",
            link_button("Write one", href=routes.DUMP, look="primary"),
            icon_name="pencil-line",
        ),
    )
