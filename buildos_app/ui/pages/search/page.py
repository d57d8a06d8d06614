"""All results of a search."""

from typing import Any

import reflex as rx

from buildos_app.models.search import Kind
from buildos_app.ui.components.buttons import button, icon
from buildos_app.ui.components.fields import field
from buildos_app.ui.components.surfaces import CHIP, card, empty, entry, skeleton_rows, why
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.search.state import SearchPageState as State

KINDS = (
    ("", "Everything"),
    (Kind.PROJECT, "Projects"),
    (Kind.TASK, "Tasks"),
    (Kind.NOTE, "Notes"),
    (Kind.DUMP, "Dumps"),
)
ICONS = ((Kind.PROJECT, "folder-open"), (Kind.TASK, "circle-check"), (Kind.NOTE, "notebook-pen"))


def search_page() -> rx.Component:
    """The words, the kinds, the results."""
    return shell(
        "Search",
        rx.el.form(
            rx.el.div(
                field("Words", "q", hide_label=True, default_value=State.words, key=State.words), class_name="flex-1"
            ),
            button("Search", type="submit", look="primary", class_name="h-[38px]"),
            on_submit=State.find,
            role="search",
            class_name="flex gap-2 max-w-[860px] mb-4",
        ),
        rx.el.div(
            *[_kind(value, label) for value, label in KINDS],
            role="group",
            aria_label="Kind",
            class_name="flex flex-wrap gap-1 mb-3",
        ),
        card(
            rx.cond(
                State.loaded,
                rx.cond(
                    State.hits.length() > 0,
                    rx.el.ul(rx.foreach(State.hits, _hit), custom_attrs={"data-rows": "true"}),
                    empty(
                        "Nothing by these words",
                        "Try fewer words or only their beginnings; mistyped ones are forgiven.",
                        icon_name="search-x",
                    ),
                ),
                skeleton_rows(6),
            ),
            class_name="max-w-[860px]",
        ),
        sub=rx.el.span(State.said, role="status"),
    )


def _kind(value: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        aria_pressed=(State.kind == value).to_string(),
        on_click=State.only(value),
        class_name=CHIP + "h-[30px] px-3 text-ink-2 hover:bg-hover aria-pressed:bg-accent-soft "
        "aria-pressed:text-accent-text",
    )


def _hit(item: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.match(item.kind, *((kind, icon(name)) for kind, name in ICONS), icon("pencil-line")),
        rx.el.a(
            rx.el.span(item.title, class_name="break-words"),
            why(item.place),
            href=item.href,
            custom_attrs={"data-row-key": "Enter"},
            class_name="flex-1 min-w-0",
        ),
        class_name="flex-nowrap",
    )
