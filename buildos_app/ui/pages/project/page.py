"""One project: a page of its tasks and a page of its phases below one head."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, skeleton_rows, why
from buildos_app.ui.components.tasks import task_list
from buildos_app.ui.layout import progress_bar, shell
from buildos_app.ui.pages.project.phases import backlog, board, planning, proposal
from buildos_app.ui.pages.project.state import ProjectState


def project() -> rx.Component:
    """The tasks of a project."""
    return _page("tasks", _tasks())


def phases() -> rx.Component:
    """The phases of a project."""
    return _page(
        "phases",
        rx.el.div(planning(), proposal(), board(), backlog(), class_name="grid gap-5"),
    )


def _page(tab: str, content: rx.Component) -> rx.Component:
    return shell(
        rx.match(ProjectState.view, ("ready", ProjectState.name), ("missing", "Not found"), "Project"),
        rx.match(
            ProjectState.view,
            ("ready", rx.el.div(_progress(), _tabs(tab), content)),
            ("missing", _missing()),
            card(skeleton_rows(6)),
        ),
        sub=ProjectState.description,
        crumb=rx.el.p(
            rx.el.a("Projects", href=routes.PROJECTS, class_name="hover:underline"),
            rx.el.span(" /", aria_hidden="true"),
            class_name="text-sm text-ink-3 mb-1",
        ),
        actions=rx.cond(
            ProjectState.view == "ready",
            rx.fragment(
                link_button("Brain dump", key("B"), href=routes.DUMP),
                button(
                    rx.cond(ProjectState.phases.length() > 0, "Regenerate phases", "Generate phases"),
                    look="primary",
                    on_click=ProjectState.generate_phases,
                    disabled=_is_running(),
                ),
            ),
        ),
    )


def _is_running() -> rx.Var[bool]:
    return rx.Var.create(["pending", "processing", "retrying"]).contains(ProjectState.job_state)


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.div(progress_bar(ProjectState.percent, "Done"), class_name="flex-1 [&>div]:mt-0 [&>div]:h-2"),
        chip(ProjectState.progress, tone="good"),
        class_name="flex items-center gap-5 mb-4",
    )


def _tabs(current: str) -> rx.Component:
    def tab(name: str, label: str, href: rx.Var[str], count: rx.Var[int]) -> rx.Component:
        return rx.el.a(
            label,
            rx.cond(count > 0, rx.el.span(count, class_name="text-ink-3 tabular-nums")),
            href=href,
            aria_current="page" if name == current else "false",
            class_name="inline-flex gap-2 px-3 py-[9px] text-ink-2 border-b-2 border-transparent hover:text-ink "
            "aria-[current=page]:text-ink aria-[current=page]:font-[560] aria-[current=page]:border-accent",
        )

    return rx.el.nav(
        tab("tasks", "Tasks", ProjectState.tasks_href, ProjectState.tasks.length()),
        tab("phases", "Phases", ProjectState.phases_href, ProjectState.phases.length()),
        aria_label="Project",
        class_name="flex gap-1 border-b border-line mb-5",
    )


def _tasks() -> rx.Component:
    return rx.el.div(
        card(
            card_header("Tasks", chip(ProjectState.tasks.length())),
            rx.cond(
                ProjectState.tasks.length() > 0,
                task_list(ProjectState.tasks, ProjectState.toggle),
                empty(
                    "No task yet",
                    "Write a dump for this project, and its tasks show up here.",
                    link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
                    icon_name="list-checks",
                ),
            ),
        ),
        rx.cond(
            ProjectState.notes.length() > 0,
            card(
                card_header("Notes", chip(ProjectState.notes.length())),
                rx.el.ul(
                    rx.foreach(
                        ProjectState.notes,
                        lambda note: rx.el.li(
                            rx.el.p(note.title, class_name="font-[560] break-words"),
                            rx.cond(
                                note.content != note.title,
                                rx.el.p(note.content, class_name="text-sm text-ink-2 whitespace-pre-wrap break-words"),
                            ),
                            why(note.when),
                            class_name="px-4 py-3 border-b border-line last:border-0",
                        ),
                    )
                ),
            ),
        ),
        class_name="grid gap-5",
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
