"""All keys on one sheet (?)."""

import reflex as rx

from buildos_app.ui.components.buttons import key
from buildos_app.ui.components.dialog import dialog

KEYS = (
    ("B", "Write a brain dump"),
    ("Ctrl K", "Go to anything, do anything"),
    ("G T", "Today"),
    ("G P", "Projects"),
    ("G N", "Notifications"),
    ("G S", "Settings"),
    ("J K", "Next, previous row"),
    ("X", "Tick the row: complete it, leave it out, or take it in"),
    ("E", "Edit the row"),
    ("Ctrl ↵", "Process or apply what is on the page"),
    ("?", "This sheet"),
)


def keys_help() -> rx.Component:
    """The sheet and the key that opens it."""
    lines = [
        rx.el.div(
            rx.el.dt(key(keys), class_name="w-24 shrink-0"), rx.el.dd(what), class_name="flex items-center py-[5px]"
        )
        for keys, what in KEYS
    ]
    return rx.fragment(
        rx.el.button(
            "Keys",
            type="button",
            tab_index=-1,
            aria_hidden="true",
            custom_attrs={"data-opens": "keys-help", "data-hotkey": "?", "data-hotkey-hidden": "true"},
            class_name="hidden",
        ),
        dialog("keys-help", "Keys", rx.el.dl(*lines, class_name="text-sm")),
    )
