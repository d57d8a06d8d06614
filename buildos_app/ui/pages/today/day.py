"""The right column of Today: the hours of the day, and how full the week is."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.surfaces import card, card_header, hint
from buildos_app.ui.layout import progress_bar
from buildos_app.ui.pages.today.state import TodayState

TONES = (
    ("bad", "bg-bad"),
    ("warn", "bg-warn"),
    "bg-accent",
)


def your_day() -> rx.Component:
    """What has a time today, in order."""
    return rx.cond(
        TodayState.slots.length() > 0,
        card(
            card_header("Your day", hint(TodayState.hours)),
            rx.el.ol(rx.foreach(TodayState.slots, _slot), class_name="grid gap-[6px] px-4 py-3 text-sm tabular-nums"),
        ),
    )


def _slot(slot: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.span(slot.time, class_name="w-10 shrink-0 text-ink-3"),
        rx.el.a(
            slot.title,
            rx.cond(slot.detail != "", rx.el.span(slot.detail, class_name="block text-xs text-ink-3")),
            href=slot.href,
            class_name=rx.cond(
                slot.done,
                "flex-1 min-w-0 break-words border-l-[3px] border-line-strong bg-sunken text-ink-3 line-through "
                "rounded-r-s px-[10px] py-1",
                "flex-1 min-w-0 break-words border-l-[3px] border-accent bg-accent-soft rounded-r-s px-[10px] py-1",
            ),
        ),
        class_name="flex gap-3",
    )


def week_card() -> rx.Component:
    """Today against the working hours, and the six days after it."""
    return card(
        card_header(
            "Workload", hint(rx.el.a(TodayState.hours, href=routes.settings("hours"), class_name="hover:underline"))
        ),
        rx.el.div(
            rx.el.div(
                progress_bar(TodayState.load_percent, "Planned of today's working hours"),
                class_name="[&>div]:mt-0 [&>div]:h-2",
            ),
            rx.el.p(TodayState.load_words, class_name="text-sm text-ink-2"),
            rx.el.ol(
                rx.foreach(TodayState.week, _day),
                aria_label="The next seven days",
                class_name="grid grid-cols-7 gap-1 pt-2",
            ),
            class_name="grid gap-2 p-4",
        ),
    )


def _day(day: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.span(day.name, class_name="text-xs text-ink-3"),
        rx.el.span(day.date, class_name="text-sm font-[560] tabular-nums"),
        rx.el.span(
            rx.el.span(
                style={"height": f"{day.percent}%"},
                class_name=rx.match(
                    day.tone,
                    *((tone, f"block w-full rounded-full {look}") for tone, look in TONES[:-1]),
                    f"block w-full rounded-full {TONES[-1]}",
                ),
            ),
            aria_hidden="true",
            class_name="flex items-end w-2 h-10 rounded-full bg-line overflow-hidden",
        ),
        rx.el.span(day.words, class_name="sr-only"),
        title=day.words,
        class_name="grid justify-items-center gap-1",
    )
