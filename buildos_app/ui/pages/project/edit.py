"""The editor of a project, the question before a deletion, and the menu that leads to both."""

from typing import Any

import reflex as rx

from buildos_app.ui.commands import add_keys
from buildos_app.ui.components.buttons import button, key
from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import choice, field, text_area
from buildos_app.ui.components.markdown import markdown_area
from buildos_app.ui.components.menu import menu, menu_item
from buildos_app.ui.components.surfaces import notice
from buildos_app.ui.pages.project.edit_state import ProjectEditState
from buildos_app.ui.pages.project.state import ProjectState

add_keys("E", "Edit the project that is open")


def project_actions() -> rx.Component:
    """Edit, and the menu of what is done less often."""
    return rx.fragment(
        button("Edit", key("E"), on_click=ProjectEditState.edit, custom_attrs={"data-hotkey": "e"}),
        menu(
            "More for this project",
            rx.cond(
                ProjectState.status.text == "",
                rx.fragment(
                    menu_item("pause", "Pause", on_click=ProjectEditState.set_status("paused")),
                    menu_item("circle-check", "Complete", on_click=ProjectEditState.set_status("completed")),
                ),
                menu_item("play", "Take up again", on_click=ProjectEditState.set_status("active")),
            ),
            menu_item("archive", "Archive", on_click=ProjectEditState.set_status("archived")),
            menu_item("trash-2", "Delete…", look="text-bad", on_click=ProjectEditState.ask_delete),
        ),
    )


def project_dialogs() -> rx.Component:
    """What is open over the page."""
    return rx.match(
        ProjectEditState.mode,
        ("new", _editor("New project")),
        ("edit", _editor("Edit project")),
        ("delete", _deletion()),
        rx.fragment(),
    )


def _editor(title: str) -> rx.Component:
    form = ProjectEditState.form
    return form_dialog(
        "project-editor",
        title,
        rx.cond(
            ProjectEditState.has_newer,
            notice(
                "There is a newer version of this project. Yours cannot be saved over it.",
                button("Show it", on_click=ProjectEditState.edit),
            ),
        ),
        field("Name", "name", default_value=form.name, required=True, max_length=200, auto_focus=True),
        field("In one line", "description", default_value=form.description, max_length=500),
        rx.el.div(
            _day("Starts", "start_date", form.start_date),
            _day("Ends", "end_date", form.end_date),
            choice(
                "Status",
                "status",
                *[rx.el.option(name, value=name) for name in ("active", "paused", "completed", "archived")],
                default_value=form.status,
            ),
            class_name="grid gap-4 sm:grid-cols-3",
        ),
        field("Tags, with commas", "tags", default_value=form.tags, placeholder="web, launch"),
        text_area("Summary", "executive_summary", default_value=form.executive_summary, rows="2", max_length=500),
        markdown_area(
            "Context, in Markdown",
            "context",
            rx.el.small("What everybody who works on it should know.", class_name="col-span-2 text-xs text-ink-3"),
            default_value=form.context,
            rows="8",
        ),
        on_submit=ProjectEditState.save,
        on_close=ProjectEditState.close,
        error=ProjectEditState.error,
        key=f"{form.id}{form.seen}",
    )


def _day(label: str, name: str, value: Any) -> rx.Component:
    return field(label, name, type="date", default_value=value)


def _deletion() -> rx.Component:
    return form_dialog(
        "project-deletion",
        f"Delete “{ProjectEditState.form.name}”?",
        rx.el.p(ProjectEditState.contents, " The dumps that they came from stay. This cannot be undone."),
        rx.el.p(
            "You can archive it instead: then it is out of sight, and nothing is lost. ",
            button("Archive it", look="quiet", on_click=ProjectEditState.set_status("archived")),
            class_name="text-sm text-ink-2",
        ),
        on_submit=ProjectEditState.delete,
        on_close=ProjectEditState.close,
        save="Delete all of it",
        look="danger",
    )
