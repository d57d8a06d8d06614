"""Phases on a line of days, with the dates of their tasks as dots."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.surfaces import card, toned_chip
from buildos_app.ui.pages.phases.board import phase_menu
from buildos_app.ui.pages.phases.state import PhasesState

GRID = "grid grid-cols-1 md:grid-cols-[minmax(0,220px)_minmax(0,1fr)_38px] gap-x-4 gap-y-2 items-center px-4 "


def timeline() -> rx.Component:
    """One row for each phase."""
    return card(
        rx.el.h2("Timeline", class_name="sr-only"),
        rx.el.div(
            rx.el.span(class_name="max-md:hidden"),
            rx.el.div(
                rx.foreach(
                    PhasesState.scale.ticks,
                    lambda tick: rx.el.span(tick.label, style={"left": tick.left}, class_name="absolute"),
                ),
                aria_hidden="true",
                class_name="relative h-5 text-xs text-ink-3 whitespace-nowrap overflow-hidden",
            ),
            class_name=GRID + "pt-3",
        ),
        rx.el.ul(rx.foreach(PhasesState.phases, _phase), class_name="pb-2"),
    )


def _phase(phase: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h3(phase.name, class_name="font-semibold break-words min-w-0"),
                toned_chip(phase.state.text, phase.state.tone),
                class_name="flex flex-wrap items-center gap-x-2",
            ),
            rx.el.p(phase.dates, " · ", phase.progress, class_name="text-xs text-ink-3"),
            class_name="min-w-0 max-md:pr-12",
        ),
        rx.el.div(
            rx.el.div(
                style={"left": phase.left, "width": phase.width},
                class_name=rx.cond(
                    phase.is_over,
                    "absolute inset-y-0 rounded-s bg-good-soft border border-good/50",
                    "absolute inset-y-0 rounded-s bg-accent-soft border border-accent/50",
                ),
            ),
            rx.foreach(phase.dots, _dot),
            rx.cond(
                PhasesState.scale.today_at != "",
                rx.el.div(
                    style={"left": PhasesState.scale.today_at},
                    title="today",
                    class_name="absolute -inset-y-1 w-[2px] -translate-x-1/2 bg-bad",
                ),
            ),
            role="img",
            aria_label=f"{phase.name}: {phase.dates}, {phase.progress}",
            class_name="relative h-8 rounded-s bg-sunken",
        ),
        rx.el.div(phase_menu(phase), class_name="max-md:absolute max-md:right-4 max-md:top-3"),
        class_name=GRID + "relative py-3 border-t border-line",
    )


def _dot(dot: rx.Var[Any]) -> rx.Component:
    return rx.el.span(
        title=dot.title,
        style={"left": dot.left},
        class_name=rx.cond(
            dot.done,
            "absolute top-1/2 size-[9px] rounded-full -translate-1/2 bg-good ring-2 ring-surface",
            "absolute top-1/2 size-[9px] rounded-full -translate-1/2 bg-accent ring-2 ring-surface",
        ),
    )
