"""All keys on one sheet; the command bar binds the key that opens it."""

import reflex as rx

from buildos_app.ui.commands import COMMANDS, KEYS
from buildos_app.ui.components.buttons import key
from buildos_app.ui.components.dialog import dialog


def keys_help() -> rx.Component:
    """The sheet."""
    lines = [
        rx.el.div(
            rx.el.dt(key(keys), class_name="w-24 shrink-0"), rx.el.dd(what), class_name="flex items-center py-[5px]"
        )
        for keys, what in [*((each.keys, each.label) for each in COMMANDS if each.keys), *KEYS]
    ]
    return dialog("keys-help", "Keys", rx.el.dl(*lines, class_name="text-sm"))
