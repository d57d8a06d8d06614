"""Dialogs: the browser's own element, which traps the focus, closes by Esc and gives the focus back."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import icon_button


def dialog(name: str, title: Any, *content: Any) -> rx.Component:
    """A dialog that opens by any element with `data-opens=<name>`."""
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title, id=f"{name}-title", class_name="font-semibold text-lg"),
            icon_button("x", "Close", custom_attrs={"data-closes": "true"}, class_name="ml-auto"),
            class_name="flex items-center gap-3 px-5 pt-4 pb-2",
        ),
        rx.el.div(*content, class_name="px-5 pb-5"),
        id=name,
        aria_labelledby=f"{name}-title",
        class_name="m-auto w-[min(520px,calc(100vw-24px))] bg-surface text-ink border border-line rounded-l "
        "shadow-float p-0",
    )
