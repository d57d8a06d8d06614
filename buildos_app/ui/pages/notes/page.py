"""Notes: the page of all of them, and the same list as a tab of a project."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.commands import Command, add_command
from buildos_app.ui.components.buttons import button, key
from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import INPUT, choice, field
from buildos_app.ui.components.markdown import markdown_area, safe_markdown
from buildos_app.ui.components.surfaces import card, chip, empty, notice, skeleton_rows
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.notes.state import NotesState

add_command(Command("notes", "Go to Notes", "notebook-pen", href=routes.NOTES, keys="G O", words="memo knowledge"))

CHIP_BUTTON = (
    "h-[26px] px-3 rounded-full border border-line-strong text-xs font-medium text-ink-2 hover:bg-hover "
    "aria-pressed:bg-accent-soft aria-pressed:text-accent-text aria-pressed:border-accent"
)


def notes() -> rx.Component:
    """All notes."""
    return shell(
        "Notes",
        _content(shows_project=True),
        sub="What is worth keeping and nobody has to do.",
        actions=_add(),
    )


def project_notes() -> rx.Component:
    """The notes of one project."""
    return rx.el.div(rx.el.div(_add(), class_name="flex justify-end mb-3"), _content(shows_project=False))


def _add() -> rx.Component:
    return button("Write a note", key("A"), look="primary", on_click=NotesState.new, custom_attrs={"data-hotkey": "a"})


def _content(*, shows_project: bool) -> rx.Component:
    return rx.el.div(
        _undo(),
        _narrow(),
        rx.cond(
            NotesState.loaded,
            rx.cond(NotesState.notes.length() > 0, _list(shows_project=shows_project), _nothing()),
            card(skeleton_rows(4)),
        ),
        rx.cond(NotesState.is_open, _editor()),
        class_name="grid gap-4 max-w-[860px]",
    )


def _undo() -> rx.Component:
    return rx.el.div(
        rx.cond(
            NotesState.deleted != "",
            notice(f"“{NotesState.deleted}” is deleted.", _undo_button(), icon_name="trash-2"),
        ),
        role="status",
        class_name="empty:hidden",
    )


def _undo_button() -> rx.Component:
    return button("Undo", on_click=NotesState.undo)


def _narrow() -> rx.Component:
    return rx.el.div(
        rx.el.input(
            type="search",
            aria_label="Search these notes",
            placeholder="Search these notes",
            on_change=NotesState.find.debounce(200),
            class_name=INPUT + "max-w-[280px]",
        ),
        rx.foreach(
            NotesState.categories,
            lambda item: rx.el.button(
                item.label,
                type="button",
                aria_pressed=rx.cond(NotesState.category == item.value, "true", "false"),
                on_click=NotesState.pick(item.value),
                class_name=CHIP_BUTTON,
            ),
        ),
        class_name="flex flex-wrap items-center gap-2",
    )


def _list(*, shows_project: bool) -> rx.Component:
    return rx.fragment(
        card(
            rx.el.ul(
                rx.foreach(NotesState.notes, lambda item: _note(item, shows_project=shows_project)),
                custom_attrs={"data-rows": "true"},
            )
        ),
        rx.cond(NotesState.has_more, rx.el.div(button("Show more", on_click=NotesState.more))),
    )


def _note(item: rx.Var[Any], *, shows_project: bool) -> rx.Component:
    home = rx.el.a(item.project, href=item.project_href, class_name="underline") if shows_project else rx.fragment()
    return rx.el.li(
        rx.el.div(
            rx.cond(item.title != "", rx.el.h2(item.title, class_name="font-[560] break-words")),
            rx.cond(item.content != "", safe_markdown(item.content)),
            rx.el.p(
                rx.cond(item.category != "", chip(item.category)),
                rx.cond(item.project != "", home),
                rx.el.span(item.when),
                class_name="flex flex-wrap items-center gap-2 text-xs text-ink-3 mt-2",
            ),
            class_name="flex-1 min-w-0",
        ),
        button(
            "Edit",
            rx.el.span(f" the note {item.title}", class_name="sr-only"),
            look="quiet",
            on_click=NotesState.open(item.id),
            custom_attrs={"data-row-key": "e"},
        ),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="flex items-start gap-3 px-4 py-3 border-b border-line last:border-0 outline-none "
        "focus:bg-accent-soft",
    )


def _nothing() -> rx.Component:
    return card(
        rx.cond(
            (NotesState.words != "") | (NotesState.category != ""),
            empty("No note like that", "Use fewer words, or pick another category.", icon_name="search-x"),
            empty(
                "No note yet",
                "Keep what you know but need not do: prices, links, what somebody said. A dump makes notes too.",
                icon_name="notebook-pen",
            ),
        )
    )


def _editor() -> rx.Component:
    form = NotesState.form
    return form_dialog(
        "note-editor",
        rx.cond(form.id != "", "Edit note", "New note"),
        rx.cond(
            NotesState.has_newer,
            notice(
                "There is a newer version of this note. Yours cannot be saved over it.",
                button("Show it", on_click=NotesState.open(form.id)),
            ),
        ),
        field("Title", "title", default_value=form.title, max_length=255, auto_focus=True),
        markdown_area("Text, in Markdown", "content", default_value=form.content, rows="10"),
        rx.el.div(
            choice(
                "Project",
                "project_id",
                rx.el.option("None", value=""),
                rx.foreach(NotesState.projects, lambda item: rx.el.option(item.label, value=item.value)),
                default_value=form.project_id,
            ),
            field("Category", "category", default_value=form.category, max_length=60, list="note-categories"),
            rx.el.datalist(
                rx.foreach(NotesState.categories, lambda item: rx.el.option(value=item.value)), id="note-categories"
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        rx.cond(
            form.id != "",
            rx.el.div(
                button("Turn into a task", on_click=NotesState.to_task),
                button("Delete", look="danger", on_click=NotesState.remove),
                class_name="flex flex-wrap gap-2",
            ),
        ),
        on_submit=NotesState.save,
        on_close=NotesState.close,
        error=NotesState.error,
        key=f"{form.id}{form.seen}",
    )
