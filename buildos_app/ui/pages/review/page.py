"""A dump from reading to review: what was written at the left, what it led to at the right."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, notice, problem, row, skeleton_rows
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.review.components import (
    apply_bar,
    proposals,
    stage_list,
    text_card,
)
from buildos_app.ui.pages.review.editor import editor
from buildos_app.ui.pages.review.state import ReviewState

TITLES = {
    "reading": "Reading your dump",
    "saved": "Applied",
    "undone": "Undone",
    "discarded": "Discarded",
    "failed": "Not read yet",
}


def review() -> rx.Component:
    """The page of one dump."""
    return shell(
        rx.match(ReviewState.phase, *TITLES.items(), "Review your dump"),
        rx.match(
            ReviewState.phase,
            ("loading", card(skeleton_rows(6))),
            ("missing", _missing()),
            _two_columns(),
        ),
        editor(),
        sub=rx.match(
            ReviewState.phase,
            ("review", ReviewState.facts),
            ("reading", "You can leave this page: it goes on, and you are told when it is done."),
            "",
        ),
        actions=rx.cond(
            ReviewState.phase == "review",
            rx.fragment(
                button("Discard", look="quiet", on_click=ReviewState.discard),
                button("Read again", on_click=ReviewState.read_once_more),
            ),
        ),
    )


def _two_columns() -> rx.Component:
    return rx.el.div(
        text_card(),
        rx.el.div(
            rx.match(
                ReviewState.phase,
                ("reading", _reading()),
                ("review", _review()),
                ("failed", _failed()),
                ("saved", _saved()),
                ("undone", _undone()),
                ("discarded", _discarded()),
                _draft(),
            ),
            class_name="grid gap-4 min-w-0",
        ),
        class_name="grid lg:grid-cols-[minmax(0,420px)_minmax(0,1fr)] gap-6 items-start",
    )


def _reading() -> rx.Component:
    return card(
        rx.el.div(
            stage_list(),
            rx.el.div(
                rx.el.span(ReviewState.seconds, class_name="text-sm text-ink-3 tabular-nums"),
                button("Stop", look="quiet", on_click=ReviewState.stop, class_name="ml-auto"),
                class_name="flex items-center px-4 py-3 border-t border-line",
            ),
        )
    )


def _review() -> rx.Component:
    return rx.fragment(
        rx.foreach(ReviewState.warnings, lambda text: notice(text, icon_name="triangle-alert")),
        rx.cond(
            ReviewState.total > 0,
            rx.fragment(proposals(), apply_bar()),
            card(
                empty(
                    "Nothing to do in this text",
                    ReviewState.summary,
                    button("Read again", on_click=ReviewState.read_once_more),
                    icon_name="coffee",
                )
            ),
        ),
    )


def _failed() -> rx.Component:
    return problem(
        ReviewState.error,
        button("Read it again", look="primary", on_click=ReviewState.read_once_more),
    )


def _saved() -> rx.Component:
    return rx.fragment(
        card(
            empty(
                "This dump was applied",
                "What it led to is in your projects; each task says which dump it came from.",
                rx.el.div(
                    rx.cond(
                        ReviewState.project_href != "",
                        link_button("Open the project", href=ReviewState.project_href, look="primary"),
                    ),
                    rx.cond(ReviewState.can_undo, button("Undo all of it", on_click=ReviewState.undo)),
                    class_name="flex flex-wrap justify-center gap-2",
                ),
                icon_name="check",
            )
        ),
        _became("What it became"),
    )


def _undone() -> rx.Component:
    return rx.fragment(
        card(
            empty(
                "This dump was undone",
                "What it had led to is taken back, except what was changed since.",
                button("Read it again", on_click=ReviewState.read_once_more),
                icon_name="undo-2",
            )
        ),
        _became("Left alone, because it changed since"),
    )


def _became(title: str) -> rx.Component:
    """The rows that a dump led to and that are still there, each a link."""
    return rx.cond(
        ReviewState.became.length() > 0,
        card(
            card_header(title),
            rx.el.ul(
                rx.foreach(
                    ReviewState.became,
                    lambda item: row(
                        rx.fragment(),
                        rx.el.a(item.name, href=item.href, class_name="break-words hover:underline"),
                        rx.fragment(),
                        chip(item.kind),
                    ),
                )
            ),
        ),
    )


def _discarded() -> rx.Component:
    return card(
        empty(
            "This dump was discarded",
            "Its text is kept. Nothing of it was applied.",
            link_button("Write another one", href=routes.DUMP),
            icon_name="archive",
        )
    )


def _draft() -> rx.Component:
    return card(
        empty(
            "A draft",
            "This text was not sent yet.",
            link_button("Go on writing", key("B"), href=routes.DUMP, look="primary"),
            icon_name="pencil-line",
        )
    )


def _missing() -> Any:
    return card(
        empty(
            "This dump does not exist",
            ReviewState.error,
            link_button("To your dumps", href=routes.DUMP),
            icon_name="search-x",
        )
    )
