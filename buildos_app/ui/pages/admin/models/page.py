"""Calls of language models as they are drawn."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.charts import tile
from buildos_app.ui.components.surfaces import ROW, card, card_header, chip, empty, skeleton_rows, toned_chip, why
from buildos_app.ui.pages.admin.errors.page import TOGGLE
from buildos_app.ui.pages.admin.models.state import DAYS
from buildos_app.ui.pages.admin.models.state import ModelsState as State


def models() -> rx.Component:
    """Range, sums, calls."""
    return rx.fragment(
        rx.el.div(
            *[
                rx.el.button(
                    f"{days} days",
                    type="button",
                    on_click=State.choose_days(days),
                    aria_pressed=(State.days == days).to_string(),
                    class_name=TOGGLE,
                )
                for days in DAYS
            ],
            role="group",
            aria_label="Range",
            class_name="inline-flex gap-[2px] p-[3px] rounded-m bg-sunken justify-self-start",
        ),
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
                    rx.el.ul(rx.foreach(State.calls, _call), custom_attrs={"data-rows": "true"}),
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


def _call(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(item.purpose),
            why(item.detail),
            class_name="flex-1 min-w-0 basis-[70%] md:basis-auto",
        ),
        toned_chip(item.outcome, item.tone),
        rx.el.span(item.cost, class_name="tabular-nums text-ink-2 text-sm"),
        class_name=ROW + "focus:bg-accent-soft outline-none",
        tab_index=-1,
        custom_attrs={"data-row": "true"},
    )


def _nothing() -> rx.Component:
    return empty("No call yet", "Reading dumps and planning phases ask the model.", icon_name="sparkles")
