"""Small charts without a library: bars whose heights come from the server. What they show also stands in a table."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.surfaces import card

_FIGURE = "text-2xl font-[640] tracking-[-0.022em] tabular-nums"
_TONES = tuple((tone, f"{_FIGURE} text-{tone}") for tone in ("good", "warn", "bad"))


def tile(item: rx.Var[Any]) -> rx.Component:
    """A figure with its label above and one fact below."""
    return rx.el.div(
        rx.el.p(item.label, class_name="text-xs text-ink-3"),
        rx.el.p(item.value, class_name=rx.match(item.tone, *_TONES, _FIGURE)),
        rx.el.p(item.detail, class_name="text-xs text-ink-3"),
        class_name="bg-surface border border-line rounded-l px-4 py-3 min-w-0",
    )


def bar_chart(title: str, bars: Any, good: str, bad: str = "") -> rx.Component:
    """Bars of {good, bad, title}, the oldest first, stacked; the legend says what both colours mean."""
    return card(
        rx.el.div(
            rx.el.h2(title, class_name="text-sm font-semibold"),
            rx.el.p(
                _legend("bg-accent", good),
                _legend("bg-bad", bad) if bad else rx.fragment(),
                class_name="flex flex-wrap gap-x-3 text-xs text-ink-3",
            ),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 mb-3",
        ),
        rx.el.div(
            rx.foreach(bars, _bar),
            role="img",
            aria_label=f"{title} over time, the newest at the right",
            class_name="flex items-end gap-[2px] h-24 border-b border-line",
        ),
        class_name="p-4",
    )


def _legend(colour: str, word: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(aria_hidden="true", class_name=f"inline-block size-2 rounded-[2px] mr-1 {colour}"), word
    )


def _bar(item: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.div(style={"height": f"{item.bad}%"}, class_name="bg-bad rounded-t-[2px]"),
        rx.el.div(style={"height": f"{item.good}%"}, class_name="bg-accent"),
        title=item.title,
        class_name="flex-1 min-w-0 h-full flex flex-col justify-end hover:bg-hover",
    )
