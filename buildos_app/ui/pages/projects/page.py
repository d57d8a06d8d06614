"""All projects."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.surfaces import ROW, card, chip, empty, skeleton_rows, why
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.projects.state import ProjectsState


def projects() -> rx.Component:
    """The list, the latest changed first."""
    return shell(
        "Projects",
        rx.cond(
            ProjectsState.loaded,
            rx.cond(ProjectsState.projects.length() > 0, _list(), _nothing()),
            card(skeleton_rows(5)),
        ),
        sub="The latest changed first.",
        actions=link_button("Brain dump", key("B"), href=routes.DUMP),
    )


def _list() -> rx.Component:
    return rx.fragment(
        card(rx.el.ul(rx.foreach(ProjectsState.projects, _project), custom_attrs={"data-rows": "true"})),
        rx.cond(
            ProjectsState.has_more,
            rx.el.div(button("Show more", on_click=ProjectsState.more), class_name="mt-4"),
        ),
    )


def _project(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                aria_hidden="true", style={"background": item.dot}, class_name="size-[10px] rounded-[3px] shrink-0"
            ),
            rx.el.span(
                rx.el.span(item.name, class_name="font-[560] break-words"),
                rx.cond(item.description != "", why(item.description)),
                class_name="flex-1 min-w-0",
            ),
            chip(item.count),
            rx.el.span(item.changed, class_name="text-xs text-ink-3 w-20 text-right max-md:hidden"),
            href=item.href,
            class_name=ROW + "hover:bg-hover",
            custom_attrs={"data-row": "true"},
        ),
        class_name="border-b border-line last:border-0",
    )


def _nothing() -> rx.Component:
    return card(
        empty(
            "No project yet",
            "Projects come out of what you write: a brain dump finds them by itself.",
            link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
            icon_name="folder",
        )
    )
