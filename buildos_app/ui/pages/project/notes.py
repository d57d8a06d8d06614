"""The tab of a project's notes."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import key, link_button
from buildos_app.ui.components.markdown import safe_markdown
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, why
from buildos_app.ui.pages.project.notes_state import ProjectNotesState


def notes_tab() -> rx.Component:
    """The notes, or what to do while there are none."""
    return card(
        card_header("Notes", chip(ProjectNotesState.notes.length())),
        rx.cond(
            ProjectNotesState.notes.length() > 0,
            rx.el.ul(
                rx.foreach(
                    ProjectNotesState.notes,
                    lambda note: rx.el.li(
                        rx.el.p(note.title, class_name="font-[560] break-words"),
                        rx.cond(note.content != note.title, safe_markdown(note.content)),
                        why(note.when),
                        class_name="px-4 py-3 border-b border-line last:border-0",
                    ),
                )
            ),
            empty(
                "No note yet",
                "What you know but need not do lands here: write it into a dump.",
                link_button("Write a brain dump", key("B"), href=routes.DUMP, look="primary"),
                icon_name="notebook-pen",
            ),
        ),
    )
