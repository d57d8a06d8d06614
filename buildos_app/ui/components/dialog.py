"""Dialogs: the browser's own element, which traps the focus, closes by Esc and gives the focus back."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, icon_button
from buildos_app.ui.components.buttons import key as key_of
from buildos_app.ui.components.surfaces import problem


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


def form_dialog(
    name: str,
    title: Any,
    *content: Any,
    on_submit: Any,
    on_close: Any,
    save: Any = "Save",
    look: str = "primary",
    error: Any = "",
    key: Any = "",
    cancel: Any = "Cancel",
    disabled: Any = False,
) -> rx.Component:
    """A form that the server put on the page, so that it can say what does not fit; it opens itself.

    `key` tells one content from another: while it stays, what is typed stays too. While `disabled` it cannot be sent.
    """
    return rx.el.dialog(
        rx.el.form(
            rx.el.h2(title, id=f"{name}-title", class_name="font-semibold text-lg break-words"),
            rx.cond(error != "", problem(error)),
            *content,
            rx.el.div(
                button(cancel, look="quiet", on_click=on_close, custom_attrs={"data-escape": "true"}),
                button(
                    save,
                    key_of("Ctrl ↵"),
                    look=look,
                    type="submit",
                    disabled=disabled,
                    custom_attrs={"data-hotkey": "mod+Enter"},
                ),
                class_name="flex justify-end gap-2 pt-1",
            ),
            on_submit=on_submit,
            class_name="grid gap-4 p-5",
        ),
        aria_labelledby=f"{name}-title",
        key=key,
        custom_attrs={"data-opens-itself": "true"},
        class_name="m-auto max-h-[92vh] overflow-y-auto w-[min(640px,calc(100vw-24px))] bg-surface text-ink "
        "border border-line rounded-l shadow-float p-0",
    )
