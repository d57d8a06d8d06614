"""The queue monitor as it is drawn."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, segments
from buildos_app.ui.components.charts import bar_chart, tile
from buildos_app.ui.components.fields import checkbox
from buildos_app.ui.components.surfaces import (
    ROW,
    card,
    card_header,
    chip,
    empty,
    entry,
    hint,
    notice,
    skeleton_rows,
    why,
)
from buildos_app.ui.pages.admin.queue.state import QueueState as State

RANGES = (("hour", "Hour"), ("day", "Day"), ("week", "Week"), ("month", "Month"))
COLUMNS = ("Job type", "Waiting", "Oldest", "Running", "Completed", "Retried", "Failed", "Takes")
CELL = "px-3 py-2 text-right tabular-nums whitespace-nowrap first:text-left first:pl-4 last:pr-4 "


def queue() -> rx.Component:
    """Figures, charts, types, workers, failed jobs."""
    return rx.fragment(
        _range(),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(
                    State.is_stale,
                    notice(
                        "No worker has reported for three minutes, so what waits may be more than is shown. Start one: "
                        "buildos worker.",
                        icon_name="triangle-alert",
                    ),
                ),
                rx.el.div(
                    rx.foreach(State.tiles, tile), class_name="grid grid-cols-2 sm:grid-cols-3 xl:grid-cols-6 gap-3"
                ),
                rx.el.div(
                    bar_chart("Ended", State.ended, "completed", "failed"),
                    bar_chart("Waiting", State.depth, "most at once"),
                    bar_chart("Duration", State.durations, "average of completed runs"),
                    bar_chart("Went badly", State.failures, "tried again", "failed for good"),
                    class_name="grid grid-cols-1 sm:grid-cols-2 gap-4",
                ),
                _types(),
                _workers(),
                _failed(),
                class_name="grid grid-cols-1 gap-5 min-w-0",
            ),
            card(skeleton_rows(8)),
        ),
    )


def _range() -> rx.Component:
    return rx.el.div(
        segments("Range", *[(label, State.range == name, State.choose_range(name)) for name, label in RANGES]),
        rx.el.span(State.sampled, class_name="text-sm text-ink-3"),
        button("Refresh", on_click=State.load, class_name="ml-auto"),
        class_name="flex flex-wrap items-center gap-3",
    )


def _types() -> rx.Component:
    return card(
        card_header("By job type"),
        rx.cond(
            State.types.length() > 0,
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            *[rx.el.th(name, scope="col", class_name=CELL + "font-medium") for name in COLUMNS],
                            class_name="text-xs text-ink-3 border-b border-line",
                        )
                    ),
                    rx.el.tbody(rx.foreach(State.types, _type)),
                    class_name="w-full text-sm",
                ),
                tab_index=0,
                role="region",
                aria_label="Figures by job type",
                class_name="overflow-x-auto",
            ),
            empty("No job yet", "Figures appear with the first job that a worker runs.", icon_name="layers"),
        ),
    )


def _type(item: rx.Var[Any]) -> rx.Component:
    figures = (item.waiting, item.oldest, item.running, item.completed, item.retried)
    return rx.el.tr(
        rx.el.th(item.name, scope="row", class_name=CELL + "font-normal"),
        *[rx.el.td(figure, class_name=CELL) for figure in figures],
        rx.el.td(item.failed, class_name=CELL + rx.cond(item.is_failing, "text-bad font-[560]", "").to(str)),
        rx.el.td(item.duration, class_name=CELL),
        class_name="border-b border-line last:border-0",
    )


def _workers() -> rx.Component:
    return card(
        card_header("Workers", chip(State.workers.length())),
        rx.cond(
            State.workers.length() > 0,
            rx.el.ul(rx.foreach(State.workers, _worker)),
            empty("No worker is alive", "Jobs wait until one starts: buildos worker.", icon_name="server-off"),
        ),
    )


def _worker(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.icon("server", size=18, aria_hidden="true", class_name="text-ink-3 shrink-0"),
        rx.el.div(rx.el.span(item.name), why(item.lane), class_name="flex-1 min-w-0 basis-[70%] md:basis-auto"),
        rx.el.span(item.detail, class_name="text-xs text-ink-3"),
        class_name=ROW,
    )


def _failed() -> rx.Component:
    return card(
        card_header(
            "Failed jobs",
            rx.cond(State.failed_type != "", chip(State.failed_type, tone="accent")),
            hint(
                rx.cond(
                    State.failed_type != "",
                    button("All types", look="quiet", on_click=State.choose_type("")),
                ),
            ),
        ),
        rx.cond(
            State.failed.length() > 0,
            rx.el.div(
                _bulk(),
                rx.el.ul(rx.foreach(State.failed, _failed_job), custom_attrs={"data-rows": "true"}),
                rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
            ),
            empty(
                "Nothing failed", "A job that gave up after its last attempt would be here.", icon_name="circle-check"
            ),
        ),
    )


def _bulk() -> rx.Component:
    return rx.el.div(
        checkbox(
            "Select all that are shown",
            checked=State.selected.length() == State.failed.length(),
            on_change=lambda _: State.select_all(),
        ),
        rx.el.span(State.selected.length(), " selected", class_name="text-sm text-ink-2 tabular-nums"),
        button(
            "Retry ",
            State.selected.length(),
            look="primary",
            on_click=State.retry_selected,
            disabled=State.selected.length() == 0,
            class_name="ml-auto",
        ),
        class_name="flex items-center gap-3 px-4 py-2 border-b border-line bg-sunken",
    )


def _failed_job(item: rx.Var[Any]) -> rx.Component:
    return entry(
        checkbox(
            f"Retry {item.job_type}: {item.message}",
            checked=State.selected.contains(item.id),
            on_change=lambda _: State.select(item.id),
            custom_attrs={"data-row-key": "x"},
        ),
        rx.el.div(
            rx.el.span(item.message, class_name="break-words"),
            why(item.detail),
            class_name="flex-1 min-w-0",
        ),
        button(item.job_type, look="quiet", on_click=State.choose_type(item.job_type), class_name="text-xs"),
        class_name="flex-nowrap",
    )
