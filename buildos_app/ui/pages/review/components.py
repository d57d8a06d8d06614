"""The pieces of the review: the text with its marks, the stages, the proposals, the bar, the editor."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, icon_button, key
from buildos_app.ui.components.fields import checkbox
from buildos_app.ui.components.surfaces import card, card_header, chip, chips, hint, row, why
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
                rx.el.span(rx.el.span("led to nothing", class_name=GAP), ": a click makes a task of it"),
                class_name="flex gap-4 text-sm text-ink-2 px-5 py-3 border-t border-line",
            ),
        ),
        class_name="lg:sticky lg:top-6",
    )


KEYS = "j k move · x leave out · ↵ edit · d remove"
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
        (
            "gap",
            rx.cond(
                ReviewState.phase == "review",
                rx.el.button(
                    item.text,
                    type="button",
                    title="Make a task of it",
                    aria_label="Make a task of: " + item.text,
                    on_click=ReviewState.add_task(item.start),
                    class_name=f"inline text-left whitespace-pre-wrap rounded-[3px] hover:bg-hover {GAP}",
                ),
                rx.el.span(item.text, class_name=GAP),
            ),
        ),
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
            rx.el.ul(
                rx.foreach(stage.arrived, lambda name: rx.el.li(name, class_name="truncate")),
                aria_hidden="true",
                class_name="text-sm text-ink-3",
            ),
            class_name="min-w-0",
        ),
        class_name="flex gap-3 px-4 py-2",
    )


def proposals() -> rx.Component:
    """New, changed, and what needs the person."""
    return rx.el.div(
        _group("New", ReviewState.new, hint(rx.el.span(KEYS, class_name="keys"))),
        _group("Changed", ReviewState.changed, hint("already in your projects")),
        _group("Needs you", ReviewState.needs_you, tone="warn"),
        rx.cond(
            ReviewState.hidden > 0,
            button("Show ", ReviewState.hidden, " more", on_click=ReviewState.more, class_name="justify-self-center"),
        ),
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
    is_in = ~ReviewState.off.contains(item.id)
    return row(
        checkbox(
            f"Take in: {item.title}",
            checked=is_in,
            on_change=lambda _: ReviewState.toggle(item.id),
            custom_attrs={"data-row-key": "x"},
        ),
        rx.el.span(
            item.title,
            class_name=rx.cond(
                is_in,
                rx.cond(item.is_project, "font-semibold break-words", "break-words"),
                "text-ink-3 line-through break-words",
            ),
        ),
        rx.fragment(why(item.why), _before_and_after(item)),
        chips(item.chips),
        rx.el.span(
            icon_button(
                "pencil",
                f"Edit {item.title}",
                on_click=ReviewState.edit(item.id),
                custom_attrs={"data-row-key": "e Enter"},
            ),
            icon_button(
                "x",
                f"Remove {item.title}",
                on_click=ReviewState.remove(item.id),
                custom_attrs={"data-row-key": "d Delete"},
            ),
            class_name="inline-flex ml-auto max-md:[&>button]:size-10",
        ),
        tab_index=-1,
        custom_attrs={"data-row": "true", "data-operation": item.index},
        class_name="data-lit:bg-accent-soft focus:bg-accent-soft focus-visible:shadow-none outline-none",
    )


def _before_and_after(item: rx.Var[Any]) -> rx.Component:
    """Each field of an update: what it holds now at the left, what it would hold at the right."""
    return rx.cond(
        item.changes.length() > 0,
        rx.el.dl(
            rx.foreach(
                item.changes,
                lambda change: rx.el.div(
                    rx.el.dt(change.name, class_name="text-ink-3 col-span-2 md:col-span-1"),
                    rx.el.dd(rx.el.del_(change.before), class_name="text-ink-3 break-words min-w-0"),
                    rx.el.dd(rx.el.ins(change.after, class_name="no-underline"), class_name="break-words min-w-0"),
                    class_name="grid grid-cols-2 md:grid-cols-[90px_1fr_1fr] gap-x-3",
                ),
            ),
            class_name="grid gap-1 mt-1 text-xs",
        ),
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
