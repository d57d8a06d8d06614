"""The frame of a project: its head, its tabs, and the tab that is open. `tabs.py` lists them."""

from collections.abc import Callable

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import key, link_button
from buildos_app.ui.components.surfaces import card, chip, empty, skeleton_rows, toned_chip
from buildos_app.ui.layout import progress_bar, shell
from buildos_app.ui.pages.project.edit import project_actions, project_dialogs
from buildos_app.ui.pages.project.state import ProjectState
from buildos_app.ui.pages.project.tabs import TABS, Tab


def tab_page(tab: Tab) -> Callable[[], rx.Component]:
    """The page of a tab."""

    def page() -> rx.Component:
        return shell(
            rx.match(ProjectState.view, ("ready", ProjectState.name), ("missing", "Not found"), "Project"),
            rx.match(
                ProjectState.view,
                ("ready", rx.el.div(_progress(), _tabs(tab), tab.draw(), project_dialogs())),
                ("missing", _missing()),
                card(skeleton_rows(6)),
            ),
            sub=rx.cond(ProjectState.view == "ready", ProjectState.description, ""),
            crumb=_crumb(),
            actions=rx.cond(ProjectState.view == "ready", _actions()),
        )

    page.__name__ = f"project_{tab.name}"
    return page


def _crumb() -> rx.Component:
    return rx.el.p(
        rx.el.a("Projects", href=routes.PROJECTS, class_name="hover:underline"),
        rx.el.span(" /", aria_hidden="true"),
        class_name="text-sm text-ink-3 mb-1",
    )


def _actions() -> rx.Component:
    return rx.fragment(link_button("Brain dump", key("B"), href=routes.DUMP), project_actions())


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(
                ProjectState.strip.length() > 0,
                _strip(),
                rx.el.div(progress_bar(ProjectState.percent, "Done"), class_name="[&>div]:mt-0 [&>div]:h-2"),
            ),
            class_name="flex-1 min-w-0",
        ),
        rx.el.div(
            rx.cond(ProjectState.status.text != "", toned_chip(ProjectState.status.text, ProjectState.status.tone)),
            chip(ProjectState.progress, tone="good"),
            rx.cond(ProjectState.left != "", chip(ProjectState.left)),
            class_name="flex flex-wrap gap-2 md:gap-4",
        ),
        class_name="flex flex-col md:flex-row md:items-center gap-3 md:gap-5 mb-3",
    )


def _strip() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.foreach(
                ProjectState.strip,
                lambda part: rx.el.div(
                    title=part.name,
                    style={"width": part.width},
                    class_name=rx.match(part.tone, ("good", "bg-good"), ("accent", "bg-accent"), "bg-line"),
                ),
            ),
            class_name="flex gap-[3px] h-2 rounded-full overflow-hidden",
        ),
        rx.el.div(
            rx.el.span(ProjectState.strip_start),
            rx.cond(
                ProjectState.today_at != "",
                rx.el.span(
                    "today",
                    style={"left": ProjectState.today_at},
                    class_name="absolute -translate-x-1/2 max-md:hidden",
                ),
            ),
            rx.el.span(ProjectState.strip_end),
            class_name="relative flex justify-between text-xs text-ink-3 mt-1",
        ),
        role="img",
        aria_label=f"From {ProjectState.strip_start} to {ProjectState.strip_end}, {ProjectState.progress}",
    )


def _tabs(current: Tab) -> rx.Component:
    return rx.el.nav(
        *[_tab(tab, current) for tab in TABS],
        aria_label="Project",
        custom_attrs={"data-strip": "true"},
        class_name="flex gap-1 border-b border-line mb-5 overflow-x-auto",
    )


def _tab(tab: Tab, current: Tab) -> rx.Component:
    count = ProjectState.counts[tab.name] if tab.counted else 0
    return rx.el.a(
        tab.label,
        rx.cond(count > 0, rx.el.span(count, class_name="text-ink-3 tabular-nums")) if tab.counted else rx.fragment(),
        href=ProjectState.hrefs[tab.address],
        aria_current="page" if tab.name == current.name else "false",
        class_name="inline-flex gap-2 px-3 py-[9px] text-ink-2 border-b-2 border-transparent whitespace-nowrap "
        "hover:text-ink aria-[current=page]:text-ink aria-[current=page]:font-[560] "
        "aria-[current=page]:border-accent",
    )


def _missing() -> rx.Component:
    return card(
        empty(
            "This project does not exist",
            ProjectState.error,
            link_button("To your projects", href=routes.PROJECTS),
            icon_name="search-x",
        )
    )
