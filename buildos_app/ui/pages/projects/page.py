"""All projects."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.commands import Command, add_command
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.fields import INPUT, choice
from buildos_app.ui.components.surfaces import ROW, card, chip, empty, skeleton_rows, toned_chip, why
from buildos_app.ui.layout import progress_bar, shell
from buildos_app.ui.pages.project.edit import project_dialogs
from buildos_app.ui.pages.project.edit_state import ProjectEditState
from buildos_app.ui.pages.projects.state import ProjectsState

add_command(
    Command("new-project", "New project", "folder-plus", on_click=ProjectEditState.new, words="add make create")
)

FILTERS = (
    ("open", "Open"),
    ("active", "Active"),
    ("paused", "Paused"),
    ("completed", "Completed"),
    ("archived", "Archived"),
    ("all", "All"),
)
ORDERS = (("updated", "Changed last"), ("name", "By name"), ("end", "Ends first"))


def projects() -> rx.Component:
    """The list with its filters."""
    return shell(
        "Projects",
        rx.cond(
            ProjectsState.loaded,
            rx.cond(ProjectsState.counts["all"] > 0, _everything(), _none_yet()),
            card(skeleton_rows(5)),
        ),
        project_dialogs(),
        sub=rx.cond(ProjectsState.counts["all"] > 0, f"{ProjectsState.counts['active']} active", "Nothing here yet"),
        actions=rx.fragment(
            link_button("Brain dump", key("B"), href=routes.DUMP),
            button(
                "New project",
                key("A"),
                look="primary",
                on_click=ProjectEditState.new,
                custom_attrs={"data-hotkey": "a"},
            ),
        ),
    )


def _everything() -> rx.Component:
    return rx.el.div(
        _filters(),
        rx.cond(
            ProjectsState.projects.length() > 0,
            _list(),
            card(
                empty(
                    "No project like that",
                    "Use fewer words, or look among all of them.",
                    button("Show all", on_click=ProjectsState.narrow("all")),
                    icon_name="search-x",
                )
            ),
        ),
        class_name="grid grid-cols-[minmax(0,1fr)] gap-4",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[_filter(name, label) for name, label in FILTERS],
            role="group",
            aria_label="Which projects",
            class_name="flex gap-1 overflow-x-auto max-w-full py-1",
        ),
        rx.el.div(
            rx.el.input(
                type="search",
                aria_label="Search projects",
                placeholder="Search projects",
                on_change=ProjectsState.find.debounce(200),
                class_name=INPUT + "md:w-[220px]",
            ),
            choice(
                "Order",
                "order",
                *[rx.el.option(label, value=name) for name, label in ORDERS],
                value=ProjectsState.sort,
                on_change=ProjectsState.order,
                hide_label=True,
            ),
            class_name="flex gap-2 md:ml-auto",
        ),
        class_name="flex flex-wrap items-center gap-3",
    )


def _filter(name: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        rx.el.span(ProjectsState.counts[name], class_name="text-ink-3 tabular-nums"),
        type="button",
        aria_pressed=rx.cond(ProjectsState.status == name, "true", "false"),
        on_click=ProjectsState.narrow(name),
        class_name="inline-flex items-center gap-2 h-8 px-3 rounded-s text-sm text-ink-2 hover:bg-hover "
        "whitespace-nowrap aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:font-[560] "
        "aria-pressed:shadow-[0_0_0_1px_var(--line)]",
    )


def _list() -> rx.Component:
    return rx.fragment(
        card(rx.el.ul(rx.foreach(ProjectsState.projects, _project), custom_attrs={"data-rows": "true"})),
        rx.cond(ProjectsState.has_more, rx.el.div(button("Show more", on_click=ProjectsState.more))),
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
                class_name="flex-1 min-w-0 basis-[70%] md:basis-auto",
            ),
            rx.cond(item.status.text != "", toned_chip(item.status.text, item.status.tone)),
            rx.cond(item.left != "", chip(item.left)),
            rx.el.span(
                rx.el.span(item.count, class_name="block text-xs text-ink-2 tabular-nums"),
                progress_bar(item.percent, f"{item.name}: done"),
                class_name="w-[120px] [&>div]:mt-1",
            ),
            rx.el.span(item.changed, class_name="text-xs text-ink-3 w-20 text-right max-md:hidden"),
            href=item.href,
            class_name=ROW + "hover:bg-hover",
            custom_attrs={"data-row": "true"},
        ),
        class_name="border-b border-line last:border-0",
    )


def _none_yet() -> rx.Component:
    return card(
        empty(
            "No project yet",
            "Projects come out of what you write: a brain dump finds them by itself. You can make one by hand too.",
            link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
            button("New project", on_click=ProjectEditState.new),
            icon_name="folder",
        )
    )
