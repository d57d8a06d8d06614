"""The tab of a project's tasks: filters, order, a list or a board, and one change for many."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.commands import add_keys
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.surfaces import card, empty, skeleton_rows
from buildos_app.ui.components.tasks import task_row
from buildos_app.ui.components.tick_box import tick_box
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.project.board import task_board
from buildos_app.ui.pages.project.tasks_state import ProjectTasksState
from buildos_app.ui.tasks.quick_add import NAME as QUICK_ADD

FILTERS = (
    ("active", "Active"),
    ("scheduled", "Scheduled"),
    ("overdue", "Past due"),
    ("recurring", "Recurring"),
    ("done", "Done"),
    ("deleted", "Bin"),
)
SORTS = (("date", "By date"), ("newest", "Newest first"), ("updated", "Last changed first"))
STATUSES = (("", "Status…"), ("backlog", "To do"), ("in_progress", "In progress"), ("blocked", "Blocked"))
PRIORITIES = (("", "Priority…"), ("high", "High"), ("medium", "Medium"), ("low", "Low"))

add_keys("V", "Select the row for a change of many")


def tasks_tab() -> rx.Component:
    """The list or the board."""
    return rx.el.div(
        _tools(),
        rx.cond(
            ProjectTasksState.ready,
            rx.cond(ProjectTasksState.layout == "board", task_board(), _list()),
            card(skeleton_rows(6)),
        ),
        _bulk_bar(),
        class_name="grid gap-4",
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[_filter(value, words) for value, words in FILTERS],
            role="group",
            aria_label="Show",
            class_name="flex flex-wrap gap-1",
        ),
        rx.el.div(
            rx.el.select(
                *[rx.el.option(words, value=value) for value, words in SORTS],
                value=ProjectTasksState.sort,
                on_change=ProjectTasksState.order,
                aria_label="Order",
                class_name=INPUT + "w-auto! h-[34px] text-sm",
            ),
            _layout("list", "List"),
            _layout("board", "Board"),
            button("Add task", key("N"), look="primary", custom_attrs={"data-opens": QUICK_ADD}),
            class_name="flex flex-wrap gap-2 md:ml-auto",
        ),
        class_name="flex flex-wrap items-center gap-3",
    )


def _filter(value: str, words: str) -> rx.Component:
    chosen = (ProjectTasksState.which == value) & (ProjectTasksState.layout == "list")
    return rx.el.button(
        words,
        rx.el.span(ProjectTasksState.counts[value], class_name="text-ink-3 tabular-nums"),
        type="button",
        aria_pressed=rx.cond(chosen, "true", "false"),
        on_click=[ProjectTasksState.lay_out("list"), ProjectTasksState.show(value)],
        class_name="inline-flex items-center gap-[6px] h-[34px] px-3 rounded-full text-sm text-ink-2 hover:bg-hover "
        "aria-pressed:bg-accent-soft aria-pressed:text-accent-text aria-pressed:font-[560]",
    )


def _layout(value: str, words: str) -> rx.Component:
    return button(
        words,
        look="quiet",
        aria_pressed=rx.cond(ProjectTasksState.layout == value, "true", "false"),
        on_click=ProjectTasksState.lay_out(value),
        class_name="aria-pressed:bg-hover aria-pressed:text-ink",
    )


def _list() -> rx.Component:
    return card(
        rx.cond(
            ProjectTasksState.tasks.length() > 0,
            rx.el.div(
                rx.cond(
                    ProjectTasksState.which == "deleted",
                    rx.el.p(
                        "A task is gone for good 30 days after it was deleted.",
                        class_name="px-4 py-3 border-b border-line text-sm text-ink-2",
                    ),
                ),
                rx.el.ul(rx.foreach(ProjectTasksState.tasks, _row), custom_attrs={"data-rows": "true"}),
                rx.cond(
                    ProjectTasksState.has_more,
                    rx.el.div(button("Show more", on_click=ProjectTasksState.more), class_name="p-3 text-center"),
                ),
            ),
            rx.match(
                ProjectTasksState.which,
                ("active", _nothing_active()),
                ("deleted", empty("The bin is empty", "Deleted tasks wait here for 30 days.", icon_name="trash-2")),
                empty("No task like this", "Choose another filter above.", icon_name="list-checks"),
            ),
        ),
    )


def _nothing_active() -> rx.Component:
    return empty(
        "No open task",
        "Add one, or write a dump for this project, and its tasks show up here.",
        rx.el.div(
            button("Add task", key("N"), custom_attrs={"data-opens": QUICK_ADD}),
            link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
            class_name="flex flex-wrap justify-center gap-2",
        ),
        icon_name="list-checks",
    )


def _row(task: rx.Var[Any]) -> rx.Component:
    return task_row(
        task,
        ProjectTasksState.toggle,
        tick_box(
            f"Select: {task.title}",
            ProjectTasksState.selected.contains(task.id),
            lambda _: ProjectTasksState.select(task.id),
            custom_attrs={"data-row-key": "v"},
            class_name="rounded-full opacity-40 checked:opacity-100 focus-visible:opacity-100 "
            "group-hover/row:opacity-100 group-focus/row:opacity-100",
        ),
    )


def _bulk_bar() -> rx.Component:
    return rx.cond(
        ProjectTasksState.selected.length() > 0,
        rx.el.section(
            rx.el.p(
                ProjectTasksState.selected.length(), " selected", role="status", class_name="font-semibold text-sm"
            ),
            button("All", look="quiet", on_click=ProjectTasksState.select_all),
            rx.cond(
                ProjectTasksState.which == "deleted",
                button("Restore", on_click=ProjectTasksState.change("restore", "")),
                _changes(),
            ),
            aria_label="Change the selected tasks",
            class_name="sticky bottom-20 md:bottom-4 z-10 flex md:flex-wrap items-center gap-2 p-3 bg-surface border "
            "border-line-strong rounded-m shadow-float overflow-x-auto *:shrink-0",
        ),
    )


def _changes() -> rx.Component:
    return rx.fragment(
        button("Done", on_click=ProjectTasksState.change("status", "done")),
        _choice("Status", STATUSES, "status"),
        _choice("Priority", PRIORITIES, "priority"),
        rx.el.select(
            rx.el.option("Move to…", value=""),
            rx.foreach(Inbox.projects, lambda item: rx.el.option(item.name, value=item.id)),
            value="",
            on_change=lambda value: ProjectTasksState.change(rx.cond(value != "", "project", ""), value),
            aria_label="Move to a project",
            class_name=INPUT + "w-auto! max-w-[180px] h-[34px] text-sm",
        ),
        rx.el.form(
            rx.el.input(
                name="date",
                placeholder="tomorrow, by Friday",
                aria_label="Date in words; empty takes it away",
                auto_complete="off",
                class_name=INPUT + "w-[150px]! h-[34px] text-sm",
            ),
            button("Set date", type="submit"),
            on_submit=ProjectTasksState.change_date,
            class_name="flex gap-1",
        ),
        button("Delete", look="danger", on_click=ProjectTasksState.change("delete", "")),
    )


def _choice(label: str, options: Any, what: str) -> rx.Component:
    return rx.el.select(
        *[rx.el.option(words, value=value) for value, words in options],
        value="",
        on_change=lambda value: ProjectTasksState.change(rx.cond(value != "", what, ""), value),
        aria_label=label,
        class_name=INPUT + "w-auto! h-[34px] text-sm",
    )
