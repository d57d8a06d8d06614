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
