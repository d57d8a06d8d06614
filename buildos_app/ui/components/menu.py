"""A menu below a button: the browser's own disclosure, closed by Esc or by a click elsewhere (`assets/js/app.js`)."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import icon

ITEM = (
    "flex items-center gap-[10px] w-full h-9 px-3 rounded-s text-left text-sm whitespace-nowrap hover:bg-hover "
    "focus-visible:bg-hover "
)


def menu(label: str, *items: Any, icon_name: str = "ellipsis") -> rx.Component:
    """The button and its items."""
    return rx.el.details(
        rx.el.summary(
            icon(icon_name),
            rx.el.span(label, class_name="sr-only"),
            title=label,
            class_name="grid place-items-center h-[34px] w-[38px] rounded-s border border-line-strong bg-surface "
            "text-ink-2 hover:bg-hover hover:text-ink list-none [&::-webkit-details-marker]:hidden",
        ),
        rx.el.div(
            *items,
            class_name="absolute right-0 max-md:left-0 max-md:right-auto top-full mt-1 p-1 bg-surface border "
            "border-line rounded-m shadow-float z-20",
        ),
        custom_attrs={"data-menu": "true"},
        class_name="relative",
    )


def menu_item(icon_name: str, label: Any, *, look: str = "text-ink", **props: Any) -> rx.Component:
    """Something to do."""
    return rx.el.button(icon(icon_name), label, type="button", class_name=ITEM + look, **props)
