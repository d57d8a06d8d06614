"""The command bar (Ctrl or Cmd K): everything that one can go to or do, narrowed while one types.

It is a native dialog and a list of links that `assets/js/app.js` filters at once; what the server finds by the same
letters comes below them.
"""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.commands import COMMANDS, Command
from buildos_app.ui.components.buttons import icon, key
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.search import SearchState

OPTION = (
    "flex items-center gap-[10px] w-full min-h-[38px] px-3 rounded-s text-left text-ink "
    "aria-selected:bg-accent-soft aria-selected:text-accent-text [&[hidden]]:hidden"
)


def command_bar() -> rx.Component:
    """The dialog; it opens by its key or by any element with `data-opens`."""
    return rx.fragment(
        rx.el.button(
            "Search and commands",
            type="button",
            tab_index=-1,
            aria_hidden="true",
            custom_attrs={"data-opens": "command-bar", "data-hotkey": "mod+k", "data-hotkey-hidden": "true"},
            class_name="hidden",
        ),
        rx.el.dialog(
            rx.el.div(
                icon("search"),
                rx.el.input(
                    placeholder="Search, go to, or do",
                    role="combobox",
                    aria_label="Search, go to, or do",
                    aria_expanded="true",
                    aria_controls="commands",
                    aria_autocomplete="list",
                    auto_complete="off",
                    on_change=SearchState.find.debounce(150),
                    class_name="flex-1 h-12 bg-transparent outline-none text-lg focus-visible:shadow-none",
                ),
                key("Esc"),
                class_name="flex items-center gap-3 px-4 border-b border-line text-ink-3",
            ),
            rx.el.div(
                *[_command(each) for each in COMMANDS],
                rx.cond(Inbox.is_admin, _administration()),
                rx.foreach(Inbox.projects, _project),
                rx.foreach(SearchState.hits, _hit),
                rx.cond(SearchState.all_href != "", _all_hits()),
                id="commands",
                role="listbox",
                aria_label="Commands",
                class_name="p-2 overflow-y-auto max-h-[min(420px,60vh)]",
            ),
            rx.el.p(SearchState.said, role="status", class_name="sr-only"),
            rx.el.p(
                "Nothing by these words. Press B to write it into a dump.",
                custom_attrs={"data-nothing": "true"},
                hidden=True,
                class_name="px-5 pb-5 pt-1 text-sm text-ink-2",
            ),
            id="command-bar",
            aria_label="Search and commands",
            class_name="mx-auto mt-[12vh] w-[min(560px,calc(100vw-24px))] bg-surface text-ink border border-line "
            "rounded-l shadow-float p-0",
        ),
    )


def _command(command: Command) -> rx.Component:
    """A line of the bar, which also binds its keys on every page."""
    bound = {"data-hotkey": command.hotkey, "data-hotkey-hidden": "true"} if command.keys else {}
    content = (
        icon(command.icon),
        rx.el.span(command.label, class_name="truncate"),
        rx.el.span(command.words, hidden=True) if command.words else rx.fragment(),
        rx.el.span(key(command.keys), class_name="ml-auto keys") if command.keys else rx.fragment(),
    )
    if command.href:
        here = {"on_click": command.on_click.prevent_default} if command.on_click else {}
        return _option(rx.el.a, command.name, *content, href=command.href, custom_attrs=bound, **here)
    if command.opens:
        return _option(rx.el.button, command.name, *content, custom_attrs={**bound, "data-opens": command.opens})
    return _option(rx.el.button, command.name, *content, on_click=command.on_click, custom_attrs=bound)


def _administration() -> rx.Component:
    name = rx.el.span("Go to the administration", class_name="truncate")
    return _option(rx.el.a, "admin", icon("gauge"), name, href=routes.admin("queue"))


def _project(item: rx.Var[Any]) -> rx.Component:
    name = rx.el.span(item.name, class_name="truncate")
    return _option(rx.el.a, item.id, icon("folder-open"), name, href=item.href)


def _hit(item: rx.Var[Any]) -> rx.Component:
    """Something that the server found; the browser shows it while there is a word in the box."""
    return _option(
        rx.el.a,
        item.id,
        rx.match(
            item.kind,
            ("project", icon("folder-open")),
            ("task", icon("circle-check")),
            ("note", icon("notebook-pen")),
            icon("pencil-line"),
        ),
        rx.el.span(item.title, class_name="truncate"),
        rx.el.span(item.place, class_name="ml-auto pl-3 text-xs text-ink-3 truncate max-w-[40%]"),
        href=item.href,
        custom_attrs={"data-hit": "true"},
    )


def _all_hits() -> rx.Component:
    """The way to the page of all results."""
    words = rx.el.span("View all results", class_name="text-ink-2")
    return _option(
        rx.el.a,
        "view-all",
        icon("list"),
        words,
        href=SearchState.all_href,
        custom_attrs={"data-hit": "true"},
    )


def _option(element: Any, name: Any, *content: Any, **props: Any) -> rx.Component:
    attributes = {"data-closes": "true", **props.pop("custom_attrs", {})}
    kind = {"type": "button"} if element is rx.el.button else {}
    return element(
        *content,
        id=f"command-{name}",
        role="option",
        aria_selected="false",
        tab_index=-1,
        custom_attrs=attributes,
        class_name=OPTION,
        **kind,
        **props,
    )
