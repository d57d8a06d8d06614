"""Pages that are one in several sections: a list of the sections beside the one that is open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import icon
from buildos_app.ui.layout import shell
from buildos_app.ui.navigation import NAV, NAV_ON


@dataclass(frozen=True)
class Section:
    """One page of several, at <base>/<name>. `on_load` runs when it opens."""

    name: str
    label: str
    icon_name: str
    content: Callable[[], rx.Component]
    on_load: Any


def section_page(
    title: str, base: str, open_section: Section, sections: tuple[Section, ...], *, width: str = "max-w-[720px]"
) -> Callable[[], rx.Component]:
    """The page that shows one section in its frame; `width` is a class that bounds the content."""

    def page() -> rx.Component:
        return shell(
            title,
            rx.el.div(
                rx.el.nav(
                    *[_link(base, section, is_open=section is open_section) for section in sections],
                    aria_label=title,
                    custom_attrs={"data-strip": "true"},
                    class_name="flex lg:flex-col gap-[2px] overflow-x-auto lg:overflow-visible -mx-4 px-4 py-1 "
                    "lg:mx-0 lg:px-0",
                ),
                rx.el.div(open_section.content(), class_name=f"grid grid-cols-1 gap-5 min-w-0 {width}"),
                class_name="grid grid-cols-1 gap-4 lg:gap-8 lg:grid-cols-[190px_minmax(0,1fr)] items-start",
            ),
            sub=open_section.label,
        )

    page.__name__ = f"{title.lower()}_{open_section.name}"
    return page


def _link(base: str, section: Section, *, is_open: bool) -> rx.Component:
    return rx.el.a(
        icon(section.icon_name),
        section.label,
        href=f"{base}/{section.name}",
        aria_current="page" if is_open else "false",
        class_name=NAV + NAV_ON + " shrink-0 leading-tight",
    )
