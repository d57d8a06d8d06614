"""The frame of the settings."""

from collections.abc import Callable

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.sections import Section, section_page

__all__ = ["Section", "settings_page"]


def settings_page(open_section: Section, sections: tuple[Section, ...]) -> Callable[[], rx.Component]:
    """The page that shows one section in the frame."""
    return section_page("Settings", routes.SETTINGS, open_section, sections)
