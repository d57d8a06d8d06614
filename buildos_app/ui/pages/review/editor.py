"""The editor of one proposal."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, key
from buildos_app.ui.components.fields import choice, field, text_area
from buildos_app.ui.components.surfaces import problem
from buildos_app.ui.pages.review.state import ReviewState


def editor() -> rx.Component:
    """The editor of one proposal: words for dates and durations, as one would say them."""
    item = ReviewState.editing
    return rx.cond(
        item.id != "",
        rx.el.dialog(
            rx.el.form(
                rx.el.h2(f"Edit {item.kind}", id="editor-title", class_name="font-semibold text-lg"),
                rx.cond(ReviewState.edit_error != "", problem(ReviewState.edit_error)),
                rx.cond(
                    ~item.is_update,
                    field("Title", "title", default_value=item.title, auto_focus=True, required=True, max_length=255),
                ),
                rx.cond(item.kind == "task", _task_fields(item)),
                text_area(
                    rx.cond(item.kind == "note", "Text", "Details"), "details", default_value=item.details, rows="4"
                ),
                rx.el.div(
                    button(
                        "Cancel", look="quiet", on_click=ReviewState.close_editor, custom_attrs={"data-escape": "true"}
                    ),
                    button(
                        "Save", key("Ctrl ↵"), look="primary", type="submit", custom_attrs={"data-hotkey": "mod+Enter"}
                    ),
                    class_name="flex justify-end gap-2 pt-1",
                ),
                on_submit=ReviewState.save_edit,
                class_name="grid gap-4 p-5",
            ),
            aria_labelledby="editor-title",
            key=item.id,
            custom_attrs={"data-opens-itself": "true"},
            class_name="m-auto max-h-[92vh] overflow-y-auto w-[min(520px,calc(100vw-24px))] bg-surface text-ink "
            "border border-line rounded-l shadow-float p-0",
        ),
    )


def _task_fields(item: rx.Var[Any]) -> rx.Component:
    priorities = [rx.el.option(name, value=name) for name in ("low", "medium", "high")]
    return rx.fragment(
        field("When", "when", default_value=item.when, placeholder="by Friday, tomorrow at 15:00, every Monday"),
        rx.el.div(
            field("How long", "duration", default_value=item.duration, placeholder="30 min"),
            choice("Priority", "priority", *priorities, default_value=item.priority),
            class_name="grid grid-cols-2 gap-4",
        ),
    )
