"""What people type into and tick: always with a label, errors beside the field."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

INPUT = (
    "w-full h-[38px] px-3 rounded-s border border-line-strong bg-surface text-ink text-base "
    "transition-shadow duration-150 aria-invalid:border-bad "
)
BOX = (
    "appearance-none size-[17px] shrink-0 rounded-[5px] border-[1.6px] border-line-strong bg-surface "
    "checked:bg-accent checked:border-accent grid place-content-center "
    "before:content-[''] before:w-[4px] before:h-[8px] before:border-accent-ink before:border-r-[1.8px] "
    "before:border-b-[1.8px] before:rotate-45 before:-translate-y-px before:scale-0 checked:before:scale-100 "
)


class NativeForm(BaseHTML):
    """A form that the browser itself sends: Reflex's own form element stops every submit."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]


class NativeLink(BaseHTML):
    """A link within the page: Reflex's own anchor would ask the router for an address."""

    tag = "a"
    href: rx.Var[str]


def field(label: str, name: str, *below: Any, **props: Any) -> rx.Component:
    """A labelled input."""
    hidden_label = props.pop("hide_label", False)
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="sr-only" if hidden_label else "text-sm font-medium"),
        rx.el.input(id=name, name=name, class_name=INPUT, **props),
        *below,
        class_name="grid gap-[6px]",
    )


def checkbox(label: Any, **props: Any) -> rx.Component:
    """A tick box whose name is read aloud; draw the visible text beside it."""
    return rx.el.input(type="checkbox", aria_label=label, class_name=BOX + props.pop("class_name", ""), **props)


AREA = "w-full px-3 py-2 rounded-s border border-line-strong bg-surface text-ink text-base "


def text_area(label: Any, name: str, *below: Any, **props: Any) -> rx.Component:
    """A labelled box for several lines."""
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-sm font-medium"),
        rx.el.textarea(id=name, name=name, class_name=AREA, **props),
        *below,
        class_name="grid gap-[6px]",
    )


def choice(label: Any, name: str, *options: rx.Component, hide_label: bool = False, **props: Any) -> rx.Component:
    """A labelled list to pick one from."""
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="sr-only" if hide_label else "text-sm font-medium"),
        rx.el.select(*options, id=name, name=name, class_name=INPUT, **props),
        class_name="grid gap-[6px]",
    )
