"""The first tab of a project: what comes next, and what is known about it."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import key, link_button
from buildos_app.ui.components.markdown import safe_markdown
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, hint
from buildos_app.ui.components.tasks import task_list
from buildos_app.ui.pages.project.overview_state import OverviewState
from buildos_app.ui.pages.project.state import ProjectState


def overview_tab() -> rx.Component:
    """Next tasks on the left, what the project is about on the right."""
    return rx.el.div(
        rx.el.div(_next(), _context(), class_name="grid gap-5 content-start min-w-0"),
        _about(),
        class_name="grid gap-5 items-start lg:grid-cols-[minmax(0,1fr)_320px]",
    )


def _next() -> rx.Component:
    return card(
        card_header(
            "Next",
            rx.el.a("All tasks", href=ProjectState.hrefs["tasks"], class_name="ml-auto text-sm text-ink-3 underline"),
        ),
        rx.cond(
            OverviewState.next_tasks.length() > 0,
            task_list(OverviewState.next_tasks, OverviewState.toggle),
            empty(
                "Nothing is open",
                "Write a dump for this project, and its tasks show up here.",
                link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
                icon_name="list-checks",
            ),
        ),
    )


def _context() -> rx.Component:
    return rx.cond(
        OverviewState.context != "",
        card(
            card_header("Context", hint("what is known")),
            safe_markdown(OverviewState.context, class_name="px-4 py-4"),
        ),
    )


def _about() -> rx.Component:
    return card(
        card_header("About"),
        rx.el.div(
            rx.cond(OverviewState.summary != "", rx.el.p(OverviewState.summary, class_name="text-ink-2 break-words")),
            rx.el.dl(
                _fact("Done", ProjectState.progress),
                rx.cond(OverviewState.dates != "", _fact("Dates", OverviewState.dates)),
                rx.cond(ProjectState.left != "", _fact("Time", ProjectState.left)),
                class_name="grid gap-2",
            ),
            rx.cond(
                OverviewState.tags.length() > 0,
                rx.el.div(rx.foreach(OverviewState.tags, _tag), class_name="flex flex-wrap gap-[6px]"),
            ),
            class_name="grid gap-3 p-4",
        ),
    )


def _fact(label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-ink-3"),
        rx.el.dd(value, class_name="text-right"),
        class_name="flex justify-between gap-4 text-sm",
    )


def _tag(tag: rx.Var[str]) -> rx.Component:
    return chip(tag)
