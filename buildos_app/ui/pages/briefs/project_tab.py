"""The tab Briefs of a project."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, link_button
from buildos_app.ui.components.surfaces import card, card_header, empty, hint, skeleton_rows
from buildos_app.ui.pages.briefs.parts import part_body
from buildos_app.ui.pages.briefs.project_state import ProjectBriefsState as State


def briefs_tab() -> rx.Component:
    """What each brief said about this project."""
    return rx.cond(
        State.loaded,
        rx.cond(
            State.briefs.length() > 0,
            rx.el.div(
                rx.foreach(State.briefs, _brief),
                rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more))),
                class_name="grid gap-4 max-w-[860px]",
            ),
            card(
                empty(
                    "No brief speaks of this project yet",
                    "The next daily brief has a part about it as long as the project is active.",
                    link_button("Open briefs", href=routes.BRIEFS),
                    icon_name="newspaper",
                ),
                class_name="max-w-[860px]",
            ),
        ),
        card(skeleton_rows(4), class_name="max-w-[860px]"),
    )


def _brief(item: rx.Var[Any]) -> rx.Component:
    return card(
        card_header(item.day, hint(rx.el.a("Open the brief", href=item.href, class_name="underline"))),
        rx.el.div(part_body(item.part), class_name="px-4 py-3"),
    )
