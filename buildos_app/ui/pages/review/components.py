"""The pieces of the review: the text with its marks, the stages, the proposals, the bar, the editor."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, icon_button, key
from buildos_app.ui.components.fields import INPUT, checkbox
from buildos_app.ui.components.surfaces import card, card_header, chip, chips, hint, problem, row, why
from buildos_app.ui.pages.review.state import ReviewState


def text_card() -> rx.Component:
    """What was written, with the words that were used marked."""
    is_review = ReviewState.phase == "review"
    return card(
        card_header("What you wrote", rx.cond(is_review, hint(ReviewState.used, " % used"))),
        rx.el.div(
            rx.foreach(ReviewState.segments, _segment),
            class_name="p-5 text-lg leading-[1.8] whitespace-pre-wrap break-words max-h-[70vh] overflow-y-auto",
            tab_index=0,
            role="region",
            aria_label="What you wrote",
        ),
        rx.cond(
            is_review,
            rx.el.p(
                rx.el.mark("used", class_name="bg-mark text-ink rounded-[3px] px-[2px]"),
                rx.el.span("led to nothing", class_name=GAP),
                class_name="flex gap-4 text-sm text-ink-2 px-5 py-3 border-t border-line",
            ),
        ),
        class_name="lg:sticky lg:top-6",
    )


GAP = "underline decoration-dotted decoration-ink-3 underline-offset-4"


def _segment(item: rx.Var[Any]) -> rx.Component:
    return rx.match(
        item.kind,
        (
            "used",
            rx.el.mark(
                item.text,
                custom_attrs={"data-operation": item.operation},
                class_name="bg-mark text-ink rounded-[3px] px-[2px] data-lit:bg-mark-2 "
                "data-lit:shadow-[0_0_0_1.5px_var(--accent)]",
            ),
        ),
        ("gap", rx.el.span(item.text, class_name=GAP)),
        rx.el.span(item.text),
    )


def stage_list() -> rx.Component:
    """The stages as they happen."""
    return rx.el.ol(rx.foreach(ReviewState.stages, _stage), aria_live="polite", aria_label="Stages", class_name="py-1")


def _stage(stage: rx.Var[Any]) -> rx.Component:
    sign = rx.match(
        stage.status,
        ("done", rx.icon("circle-check", size=18, aria_hidden="true", class_name="text-good")),
        ("failed", rx.icon("circle-alert", size=18, aria_hidden="true", class_name="text-bad")),
        ("skipped", rx.icon("circle-minus", size=18, aria_hidden="true", class_name="text-ink-3")),
        ("running", rx.icon("loader-circle", size=18, aria_hidden="true", class_name="text-accent animate-spin")),
        rx.icon("circle", size=18, aria_hidden="true", class_name="text-ink-3"),
    )
    return rx.el.li(
        sign,
        rx.el.div(
            rx.el.span(stage.title, class_name="font-[560]"),
            rx.el.span(" ", stage.status, class_name="sr-only"),
            rx.el.p(stage.message, class_name="text-sm text-ink-2 min-h-[20px]"),
            class_name="min-w-0",
        ),
        class_name="flex gap-3 px-4 py-2",
    )


def proposals() -> rx.Component:
    """New, changed, and what needs the person."""
    return rx.el.div(
        _group("New", ReviewState.new, hint(rx.el.span("j k to move · x to leave out · e to edit", class_name="keys"))),
        _group("Changed", ReviewState.changed, hint("already in your projects")),
        _group("Needs you", ReviewState.needs_you, tone="warn"),
        custom_attrs={"data-rows": "true"},
        class_name="grid gap-4",
    )


def _group(title: str, rows: Any, *extra: rx.Component, tone: str = "ink") -> rx.Component:
    count = chip(rows.length(), tone="warn" if tone == "warn" else "plain")
    return rx.cond(
        rows.length() > 0,
        card(card_header(title, count, *extra, tone=tone), rx.el.ul(rx.foreach(rows, _proposal))),
    )


def _proposal(item: rx.Var[Any]) -> rx.Component:
    return row(
        checkbox(
            f"Take in: {item.title}",
            checked=item.enabled,
            on_change=lambda _: ReviewState.toggle(item.id),
            custom_attrs={"data-row-key": "x"},
        ),
        rx.el.span(
            item.title,
            class_name=rx.cond(
                item.enabled,
                rx.cond(item.is_project, "font-semibold break-words", "break-words"),
                "text-ink-3 line-through break-words",
            ),
        ),
        why(item.why),
        chips(item.chips),
        icon_button(
            "pencil",
            "Edit " + item.title,
            on_click=ReviewState.edit(item.id),
            custom_attrs={"data-row-key": "e"},
        ),
        tab_index=-1,
        custom_attrs={"data-row": "true", "data-operation": item.index},
        class_name="data-lit:bg-accent-soft focus:bg-accent-soft focus-visible:shadow-none outline-none",
    )


def apply_bar() -> rx.Component:
    """How many are ticked, and the one thing to do next."""
    return rx.el.div(
        rx.el.b(ReviewState.selected, " of ", ReviewState.total, " selected"),
        button(
            "Apply ",
            ReviewState.selected,
            key("Ctrl ↵"),
            look="primary",
            disabled=rx.cond(ReviewState.applying, True, ReviewState.selected == 0),
            on_click=ReviewState.apply_selected,
            custom_attrs={"data-hotkey": "mod+Enter"},
            class_name="ml-auto",
        ),
        class_name="sticky bottom-[72px] md:bottom-4 flex items-center gap-3 px-4 py-3 bg-surface border "
        "border-line rounded-l shadow-float",
    )


def editor() -> rx.Component:
    """The editor of one proposal: words for dates and durations, as one would say them."""
    item = ReviewState.editing
    return rx.cond(
        item.id != "",
        rx.el.dialog(
            rx.el.form(
                rx.el.h2(f"Edit {item.kind}", id="editor-title", class_name="font-semibold text-lg"),
                rx.cond(ReviewState.edit_error != "", problem(ReviewState.edit_error)),
                _line(
                    "Title",
                    rx.el.input(
                        id="edit-title",
                        name="title",
                        default_value=item.title,
                        auto_focus=True,
                        required=True,
                        max_length=255,
                        class_name=INPUT,
                    ),
                ),
                rx.cond(item.kind == "task", _task_fields(item)),
                _line(
                    rx.cond(item.kind == "note", "Text", "Details"),
                    rx.el.textarea(
                        id="edit-details",
                        name="details",
                        default_value=item.details,
                        rows="4",
                        class_name="w-full px-3 py-2 rounded-s border border-line-strong bg-surface text-ink",
                    ),
                    name="edit-details",
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
    return rx.fragment(
        _line(
            "When",
            rx.el.input(
                id="edit-when",
                name="when",
                default_value=item.when,
                placeholder="by Friday, tomorrow at 15:00, every Monday",
                class_name=INPUT,
            ),
            name="edit-when",
        ),
        rx.el.div(
            _line(
                "How long",
                rx.el.input(
                    id="edit-duration",
                    name="duration",
                    default_value=item.duration,
                    placeholder="30 min",
                    class_name=INPUT,
                ),
                name="edit-duration",
            ),
            _line(
                "Priority",
                rx.el.select(
                    *[rx.el.option(name, value=name) for name in ("low", "medium", "high")],
                    id="edit-priority",
                    name="priority",
                    default_value=item.priority,
                    class_name=INPUT,
                ),
                name="edit-priority",
            ),
            class_name="grid grid-cols-2 gap-4",
        ),
    )


def _line(label: Any, control: rx.Component, *, name: str = "edit-title") -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-sm font-medium"), control, class_name="grid gap-[6px]"
    )
