"""Calls of language models as they are drawn."""

from typing import Any

import reflex as rx

from buildos_app.ui.call_views import call_entry
from buildos_app.ui.components.buttons import button, segments
from buildos_app.ui.components.charts import tile
from buildos_app.ui.components.surfaces import (
    ROW,
    card,
    card_header,
    chip,
    empty,
    skeleton_rows,
    why,
)
from buildos_app.ui.pages.admin.models.state import DAYS
from buildos_app.ui.pages.admin.models.state import ModelsState as State


def models() -> rx.Component:
    """Range, sums, calls."""
    return rx.fragment(
        segments("Range", *[(f"{days} days", State.days == days, State.choose_days(days)) for days in DAYS]),
        rx.cond(State.loaded, _figures(), card(skeleton_rows(8))),
    )


def _figures() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.foreach(State.tiles, tile), class_name="grid grid-cols-2 sm:grid-cols-3 xl:grid-cols-5 gap-3"),
        rx.el.div(
            _sums("By purpose", State.by_purpose),
            _sums("By model", State.by_engine),
            class_name="grid grid-cols-1 lg:grid-cols-2 gap-4 items-start",
        ),
        card(
            card_header("Calls", chip(State.calls.length())),
            rx.cond(
                State.calls.length() > 0,
                rx.el.div(
                    rx.el.ul(rx.foreach(State.calls, call_entry), custom_attrs={"data-rows": "true"}),
                    rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
                ),
                _nothing(),
            ),
        ),
        class_name="grid grid-cols-1 gap-5 min-w-0",
    )


def _sums(title: str, rows: Any) -> rx.Component:
    return card(card_header(title), rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, _sum)), _nothing()))


def _sum(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(item.label, class_name="break-words"), why(item.detail), class_name="flex-1 min-w-0"),
        rx.el.span(item.cost, class_name="tabular-nums text-ink-2"),
        class_name=ROW + "flex-nowrap",
    )


def _nothing() -> rx.Component:
    return empty("No call yet", "Reading dumps and planning phases ask the model.", icon_name="sparkles")
