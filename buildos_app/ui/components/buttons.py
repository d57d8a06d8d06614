"""Buttons: one primary per view, the rest plain or quiet."""

from typing import Any

import reflex as rx

_SHAPE = (
    "inline-flex items-center justify-center gap-2 h-[34px] px-[13px] rounded-s border text-sm font-[540] "
    "whitespace-nowrap transition-colors duration-150 disabled:opacity-55 disabled:cursor-not-allowed "
)
STYLES = {
    "primary": _SHAPE + "bg-accent border-accent text-accent-ink hover:brightness-110",
    "plain": _SHAPE + "bg-surface border-line-strong text-ink hover:bg-hover",
    "quiet": _SHAPE + "bg-transparent border-transparent text-ink-2 hover:bg-hover hover:text-ink",
    "danger": _SHAPE + "bg-surface border-bad text-bad hover:bg-bad-soft",
}


def button(*children: Any, look: str = "plain", **props: Any) -> rx.Component:
    """A button; its text is a verb with its object or count."""
    extra = props.pop("class_name", "")
    return rx.el.button(*children, type=props.pop("type", "button"), class_name=f"{STYLES[look]} {extra}", **props)


def link_button(*children: Any, href: Any, look: str = "plain", **props: Any) -> rx.Component:
    """A link that looks like a button, for what leads to another page."""
    extra = props.pop("class_name", "")
    return rx.el.a(*children, href=href, class_name=f"{STYLES[look]} {extra}", **props)


def segments(label: str, *choices: tuple[str, Any, Any]) -> rx.Component:
    """A few choices of which one holds: (text, is it the one?, what choosing it does)."""
    return rx.el.div(
        *[
            rx.el.button(
                text,
                type="button",
                on_click=on_click,
                aria_pressed=is_on.to_string(),
                class_name="h-8 px-3 rounded-s text-sm text-ink-2 hover:text-ink aria-pressed:bg-surface "
                "aria-pressed:text-ink aria-pressed:font-[560] aria-pressed:shadow-[0_0_0_1px_var(--line)]",
            )
            for text, is_on, on_click in choices
        ],
        role="group",
        aria_label=label,
        class_name="inline-flex gap-[2px] p-[3px] rounded-m bg-sunken justify-self-start",
    )


def icon_button(icon_name: str, label: str, **props: Any) -> rx.Component:
    """A square button with an icon; `label` is what is read aloud and shown as a hint."""
    extra = props.pop("class_name", "")
    return rx.el.button(
        icon(icon_name),
        type="button",
        aria_label=label,
        title=label,
        class_name=f"inline-flex items-center justify-center size-8 rounded-s text-ink-2 hover:bg-hover "
        f"hover:text-ink {extra}",
        **props,
    )


def icon(name: str, size: int = 16) -> rx.Component:
    """A decorative icon; the word beside it says the same."""
    return rx.icon(name, size=size, stroke_width=1.7, aria_hidden="true", class_name="shrink-0")


def key(text: str) -> rx.Component:
    """A key that does what it stands beside."""
    return rx.el.kbd(
        text,
        aria_hidden="true",
        class_name="font-sans text-[11px] leading-none font-medium border border-current/50 "
        "rounded-[4px] px-[5px] py-[3px]",
    )
