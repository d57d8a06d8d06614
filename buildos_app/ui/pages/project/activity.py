"""The tab of what happened, with the versions of the project beside it."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, icon
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, hint
from buildos_app.ui.pages.project.activity_state import ActivityState

ICONS = {
    "project_made": "folder-plus",
    "project_changed": "file-pen-line",
    "task_made": "circle-plus",
    "task_done": "circle-check",
    "note_made": "notebook-pen",
    "dump_applied": "pencil-line",
}


def activity_tab() -> rx.Component:
    """What happened on the left, what the project said before on the right."""
    return rx.el.div(
        _happenings(),
        _versions(),
        class_name="grid gap-5 items-start lg:grid-cols-[minmax(0,1fr)_minmax(0,420px)]",
    )


def _happenings() -> rx.Component:
    return card(
        card_header("What happened", hint("the latest first")),
        rx.el.ol(rx.foreach(ActivityState.rows, _happening)),
        rx.cond(ActivityState.has_more, rx.el.div(button("Show more", on_click=ActivityState.more), class_name="p-4")),
    )


def _happening(item: rx.Var[Any]) -> rx.Component:
    pictures = ((kind, icon(name)) for kind, name in ICONS.items())
    return rx.el.li(
        rx.el.span(rx.match(item.kind, *pictures, icon("dot")), class_name="text-ink-3"),
        rx.el.span(item.what, class_name="text-ink-2 shrink-0"),
        rx.cond(
            item.href != "",
            rx.el.a(item.title, href=item.href, class_name="min-w-0 break-words hover:underline"),
            rx.el.span(item.title, class_name="min-w-0 break-words"),
        ),
        rx.el.span(item.when, class_name="ml-auto text-xs text-ink-3 whitespace-nowrap"),
        class_name="flex items-center gap-3 px-4 py-[9px] border-b border-line last:border-0 text-sm",
    )


def _versions() -> rx.Component:
    return card(
        card_header("Versions", chip(ActivityState.versions.length())),
        rx.cond(
            ActivityState.versions.length() > 0,
            rx.el.ol(rx.foreach(ActivityState.versions, _version)),
            empty(
                "As it was made",
                "When you or a dump change what this project says, what it said before is kept here.",
                icon_name="history",
            ),
        ),
    )


def _version(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(f"Version {item.number}", class_name="font-[560]"),
            rx.el.span(item.when, class_name="text-xs text-ink-3"),
            button(
                "Restore",
                rx.el.span(f" version {item.number}", class_name="sr-only"),
                look="quiet",
                on_click=ActivityState.restore(item.number),
                class_name="ml-auto -my-1",
            ),
            class_name="flex items-center gap-2",
        ),
        rx.cond(
            item.cause_href != "",
            rx.el.p(
                "because of the dump ",
                rx.el.a(item.cause, href=item.cause_href, class_name="underline text-accent-text"),
                class_name="text-xs text-ink-2 break-words",
            ),
        ),
        rx.foreach(item.changes, _change),
        class_name="grid gap-2 px-4 py-3 border-b border-line last:border-0",
    )


def _change(item: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.p(item.field, class_name="text-xs text-ink-3"),
        rx.foreach(item.removed, lambda line: _line("−", "was", line, "bg-bad-soft text-bad")),
        rx.foreach(item.added, lambda line: _line("+", "is", line, "bg-good-soft text-good")),
        class_name="grid gap-[2px]",
    )


def _line(sign: str, spoken: str, text: rx.Var[str], look: str) -> rx.Component:
    return rx.el.p(
        rx.el.span(sign, aria_hidden="true", class_name="shrink-0 w-3"),
        rx.el.span(spoken, class_name="sr-only"),
        rx.el.span(text, class_name="min-w-0 break-words"),
        class_name=f"flex gap-1 px-2 py-[2px] rounded-s text-sm {look}",
    )
