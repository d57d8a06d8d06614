"""The audit trail as it is drawn."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, entry, skeleton_rows, why
from buildos_app.ui.pages.admin.audit.state import AuditState as State


def audit() -> rx.Component:
    """What the service role was used for."""
    return rx.fragment(
        rx.el.p(
            "The service role sees every row. Each use of it is written down here, and nobody can change it.",
            class_name="text-ink-2",
        ),
        card(
            card_header("Uses", chip(State.entries.length())),
            rx.cond(
                State.loaded,
                rx.cond(
                    State.entries.length() > 0,
                    rx.el.div(
                        rx.el.ul(rx.foreach(State.entries, _entry), custom_attrs={"data-rows": "true"}),
                        rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
                    ),
                    empty(
                        "Nothing yet", "Sign-in, jobs and these pages leave their mark here.", icon_name="scroll-text"
                    ),
                ),
                skeleton_rows(8),
            ),
        ),
    )


def _entry(item: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.el.time(
            item.at, " UTC", class_name="text-xs text-ink-3 tabular-nums whitespace-nowrap md:w-[150px] shrink-0"
        ),
        rx.el.div(
            rx.el.span(item.reason, class_name="break-words"),
            why(item.actor, rx.cond(item.person != "", " · for " + item.person, "")),
            class_name="flex-1 min-w-0 basis-[70%] md:basis-auto",
        ),
        class_name="items-start",
    )
