"""The box above any page: a key opens it, Esc puts it away, and what was typed is kept as the draft."""

import reflex as rx

from buildos_app.ui.components.buttons import icon_button, key
from buildos_app.ui.pages.dump.box import dump_box
from buildos_app.ui.pages.dump.state import DumpState


def dump_overlay() -> rx.Component:
    """The dialog; it is on the page while it is open."""
    return rx.cond(
        DumpState.is_above,
        rx.el.dialog(
            rx.el.div(
                rx.el.h2("Brain dump", id="dump-overlay-title", class_name="font-semibold text-lg"),
                rx.el.span(key("Esc"), class_name="ml-auto text-ink-3"),
                icon_button(
                    "x", "Close; your text is kept", on_click=DumpState.put_away, custom_attrs={"data-escape": "true"}
                ),
                class_name="flex items-center gap-3 pb-3",
            ),
            dump_box(),
            id="dump-overlay",
            aria_labelledby="dump-overlay-title",
            custom_attrs={"data-opens-itself": "true"},
            class_name="m-auto max-h-[92vh] overflow-y-auto w-[min(860px,calc(100vw-24px))] bg-canvas text-ink "
            "border border-line rounded-l shadow-float p-4 md:p-5",
        ),
    )
