"""Addresses that lead nowhere, and pages that broke."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.brand import brand
from buildos_app.ui.components.buttons import link_button


def not_found() -> rx.Component:
    """404."""
    return rx.el.main(
        brand(),
        rx.el.h1("There is no such page", class_name="text-2xl font-[640] tracking-[-0.022em]"),
        rx.el.p(
            "The address may be old or mistyped. Your projects and tasks are where they were.", class_name="text-ink-2"
        ),
        link_button("Go to Today", href=routes.TODAY, look="primary"),
        class_name="min-h-screen grid content-center justify-items-center gap-4 p-6 text-center bg-canvas text-ink",
    )


def broken() -> rx.Component:
    """What is drawn in place of a page that could not be drawn."""
    return rx.el.main(
        rx.el.h1("This page could not be drawn", class_name="text-2xl font-[640] tracking-[-0.022em]"),
        rx.el.p(
            "Nothing is lost. Load it again; if it stays, the log of the web app says why.", class_name="text-ink-2"
        ),
        link_button("Load it again", href=routes.TODAY, look="primary"),
        class_name="min-h-screen grid content-center justify-items-center gap-4 p-6 text-center bg-canvas text-ink",
    )
