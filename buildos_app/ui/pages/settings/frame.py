"""The frame of the settings: a list of sections beside the one that is open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import icon
from buildos_app.ui.layout import shell
from buildos_app.ui.navigation import NAV, NAV_ON


@dataclass(frozen=True)
class Section:
    """One page of the settings at /settings/<name>. `on_load` runs when it opens."""

    name: str
    label: str
    icon_name: str
    content: Callable[[], rx.Component]
    on_load: Any


def settings_page(open_section: Section, sections: tuple[Section, ...]) -> Callable[[], rx.Component]:
    """The page that shows one section in the frame."""

    def page() -> rx.Component:
        return shell(
            "Settings",
            rx.el.div(
                rx.el.nav(
                    *[_link(section, is_open=section is open_section) for section in sections],
                    aria_label="Settings",
                    class_name="flex md:flex-col gap-[2px] overflow-x-auto md:overflow-visible -mx-4 px-4 py-1 "
                    "md:mx-0 md:px-0",
                ),
                rx.el.div(open_section.content(), class_name="grid gap-5 min-w-0 max-w-[720px]"),
                class_name="grid gap-4 md:gap-8 md:grid-cols-[190px_minmax(0,1fr)] items-start",
            ),
            sub=open_section.label,
        )

    page.__name__ = f"settings_{open_section.name}"
    return page


def _link(section: Section, *, is_open: bool) -> rx.Component:
    return rx.el.a(
        icon(section.icon_name),
        section.label,
        href=routes.settings(section.name),
        aria_current="page" if is_open else "false",
        class_name=NAV + NAV_ON + " shrink-0",
    )
