"""What was understood of the answers, to be accepted one by one, and the job that reads them."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.connection import is_offline
from buildos_app.ui.components.stack import JobProgress
from buildos_app.ui.components.surfaces import card, card_header, chip, hint, notice, problem, row, why
from buildos_app.ui.pages.welcome.state import WelcomeState


def reading() -> rx.Component:
    """The job: its progress, its failure; and that the answers changed since."""
    return rx.cond(
        WelcomeState.is_reading,
        JobProgress.create(
            title="Reading your answers",
            job=WelcomeState.reading,
            offline=is_offline,
            done="Your answers are read. The suggestions are shown as soon as the server can be reached again.",
            on_cancel=WelcomeState.cancel,
        ),
        rx.cond(
            WelcomeState.failure != "",
            problem(
                rx.el.span("Your answers could not be read; they are kept. ", WelcomeState.failure),
                button("Read again", on_click=WelcomeState.read),
            ),
            rx.cond(
                WelcomeState.is_stale,
                notice(
                    "You changed your answers since they were read.",
                    button("Read again", on_click=WelcomeState.read),
                ),
            ),
        ),
    )


def findings() -> rx.Component:
    """The suggestions by what they would become."""
    count = WelcomeState.projects.length() + WelcomeState.questions.length() + WelcomeState.settings.length()
    return rx.cond(
        count > 0,
        card(
            card_header(
                "Suggestions",
                chip(count, tone="accent"),
                hint("nothing changes before you say so", class_name="max-md:hidden"),
            ),
            _group("Projects", WelcomeState.projects, "Make it a project", "sprout"),
            _group("Settings", WelcomeState.settings, "Set it", "settings"),
            _group("Questions", WelcomeState.questions, "Ask me", "circle-help"),
        ),
    )


def _group(title: str, items: Any, verb: str, icon_name: str) -> rx.Component:
    return rx.cond(
        items.length() > 0,
        rx.el.section(
            rx.el.h3(title, class_name="text-xs font-medium text-ink-3 px-4 pt-3 pb-1"),
            rx.el.ul(rx.foreach(items, lambda item: _item(item, verb, icon_name)), custom_attrs={"data-rows": "true"}),
            aria_label=title,
        ),
    )


def _item(item: rx.Var[Any], verb: str, icon_name: str) -> rx.Component:
    return row(
        rx.icon(icon_name, size=16, stroke_width=1.7, aria_hidden="true", class_name="text-ink-3 shrink-0"),
        rx.el.span(item.name, class_name="break-words"),
        rx.fragment(
            rx.cond(item.details != "", why(item.details)),
            rx.cond(item.quote != "", why("from your words: “", item.quote, "”")),
        ),
        rx.el.div(
            button(
                "No",
                look="quiet",
                on_click=WelcomeState.put_away(item.id),
                aria_label=f"No: {item.name}",
                custom_attrs={"data-row-key": "d"},
            ),
            button(
                verb,
                on_click=WelcomeState.accept(item.id),
                aria_label=f"{verb}: {item.name}",
                custom_attrs={"data-row-key": "x"},
            ),
            class_name="flex gap-1",
        ),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="focus:bg-accent-soft focus-within:bg-hover focus-visible:shadow-none outline-none",
    )
