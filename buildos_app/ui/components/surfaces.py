"""Cards, rows, chips and what stands in a list that is empty, loading or broken."""

from typing import Any

import reflex as rx

CHIPS = {
    "plain": "bg-sunken text-ink-2",
    "accent": "bg-accent-soft text-accent-text",
    "good": "bg-good-soft text-good",
    "warn": "bg-warn-soft text-warn",
    "bad": "bg-bad-soft text-bad",
}
CHIP = (
    "inline-flex items-center gap-[5px] h-[21px] px-2 rounded-full text-xs font-medium whitespace-nowrap tabular-nums "
)


def card(*children: Any, **props: Any) -> rx.Component:
    """A sheet of paper with a hairline."""
    extra = props.pop("class_name", "")
    return rx.el.section(*children, class_name=f"bg-surface border border-line rounded-l {extra}", **props)


def card_header(title: Any, *extras: Any, tone: str = "ink", level: str = "h2") -> rx.Component:
    """The first line of a card: its heading, then counts and hints."""
    heading = rx.el.h2 if level == "h2" else rx.el.h3
    return rx.el.header(
        heading(title, class_name=f"text-base font-semibold text-{tone}"),
        *extras,
        class_name="flex items-center gap-2 px-4 py-[13px] border-b border-line",
    )


def hint(*children: Any, **props: Any) -> rx.Component:
    """A secondary fact at the right end of a line."""
    return rx.el.span(*children, class_name="ml-auto text-sm text-ink-3 " + props.pop("class_name", ""), **props)


def chip(*children: Any, tone: str = "plain", **props: Any) -> rx.Component:
    """A small fact: a word, never a colour alone."""
    return rx.el.span(*children, class_name=CHIP + CHIPS[tone], **props)


def toned_chip(text: rx.Var[str], tone: rx.Var[str]) -> rx.Component:
    """A chip whose tone is known only in the browser."""
    looks = ((name, CHIP + look) for name, look in CHIPS.items())
    return rx.el.span(text, class_name=rx.match(tone, *looks, CHIP + CHIPS["plain"]))


def chips(items: Any) -> rx.Component:
    """The facts at the right of a row: a list of {text, tone}."""
    return rx.el.span(
        rx.foreach(items, lambda item: toned_chip(item["text"], item["tone"])),
        class_name="flex flex-wrap items-center gap-[6px] md:justify-end",
    )


ROW = (
    "flex flex-wrap md:flex-nowrap items-center gap-[11px] min-h-[38px] px-4 py-[7px] "
    "border-b border-line last:border-0 "
)


def row(lead: Any, title: Any, why: Any, *right: Any, **props: Any) -> rx.Component:
    """The atom of every list: box, title, one line of why or where, chips at the right."""
    return rx.el.li(
        lead,
        rx.el.div(title, why, class_name="flex-1 min-w-0 basis-[70%] md:basis-auto"),
        *right,
        class_name=ROW + props.pop("class_name", ""),
        **props,
    )


def entry(*children: Any, **props: Any) -> rx.Component:
    """A row that j and k reach; the keys of its own buttons (`data-row-key`) then work on it."""
    return rx.el.li(
        *children,
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name=f"{ROW}focus:bg-accent-soft outline-none {props.pop('class_name', '')}",
        **props,
    )


def why(*children: Any) -> rx.Component:
    """The small line below a title."""
    return rx.el.small(*children, class_name="block text-xs text-ink-3 break-words")


def empty(title: str, what_to_do: Any, *action: Any, icon_name: str = "inbox") -> rx.Component:
    """An empty list: what it is for, what to do, one button."""
    return rx.el.div(
        rx.icon(icon_name, size=22, stroke_width=1.5, aria_hidden="true", class_name="text-ink-3"),
        rx.el.p(title, class_name="font-semibold"),
        rx.el.p(what_to_do, class_name="text-sm text-ink-2 max-w-[46ch] text-center"),
        *action,
        class_name="flex flex-col items-center gap-2 px-6 py-10",
    )


def skeleton_rows(count: int = 4) -> rx.Component:
    """Rows of the final height while a list is on its way."""
    line = rx.el.div(
        rx.el.div(class_name="skeleton size-[17px]"),
        rx.el.div(class_name="skeleton h-3 flex-1 max-w-[320px]"),
        class_name=ROW,
    )
    return rx.el.div(
        *[line for _ in range(count)], rx.el.span("Loading", class_name="sr-only"), role="status", aria_busy="true"
    )


def problem(message: Any, *action: Any) -> rx.Component:
    """What went wrong, and what to do about it, where it happened."""
    return rx.el.div(
        rx.icon("circle-alert", size=16, aria_hidden="true", class_name="shrink-0 mt-[2px]"),
        rx.el.div(message, class_name="flex-1 min-w-0"),
        *action,
        role="alert",
        class_name="flex items-start gap-3 px-4 py-3 rounded-m bg-bad-soft text-bad text-sm",
    )


def notice(message: Any, *action: Any, icon_name: str = "info") -> rx.Component:
    """A calm remark that needs no answer."""
    return rx.el.div(
        rx.icon(icon_name, size=16, aria_hidden="true", class_name="shrink-0 mt-[2px]"),
        rx.el.div(message, class_name="flex-1 min-w-0"),
        *action,
        class_name="flex items-start gap-3 px-4 py-3 rounded-m bg-sunken text-ink-2 text-sm",
    )
