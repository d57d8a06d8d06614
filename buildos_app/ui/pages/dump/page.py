"""One big box for everything that is on a person's mind."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import link_button
from buildos_app.ui.components.surfaces import (
    card,
    card_header,
    empty,
    row,
    skeleton_rows,
    toned_chip,
    why,
)
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.dump.box import dump_box
from buildos_app.ui.pages.dump.state import DumpState


def dump() -> rx.Component:
    """Compose a dump."""
    return shell(
        "Brain dump",
        rx.el.div(dump_box(), _recent(), class_name="grid gap-5 max-w-[860px]"),
        sub="Everything at once, in any order. Nothing is changed before you have seen it.",
    )


def _recent() -> rx.Component:
    return card(
        card_header("Your last dumps", link_button("All dumps", href=routes.DUMPS, look="quiet", class_name="ml-auto")),
        rx.cond(
            DumpState.loaded,
            rx.cond(
                DumpState.recent.length() > 0,
                rx.el.ul(
                    rx.foreach(
                        DumpState.recent,
                        lambda item: row(
                            rx.fragment(),
                            rx.el.a(item.title, href=item.href, class_name="break-words hover:underline"),
                            why(item.when),
                            toned_chip(item.state, item.tone),
                        ),
                    )
                ),
                empty(
                    "No dump yet",
                    "The first one takes two minutes: write until your head is empty.",
                    icon_name="pencil-line",
                ),
            ),
            skeleton_rows(3),
        ),
    )
