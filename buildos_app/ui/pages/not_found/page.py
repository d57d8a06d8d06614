"""Addresses that lead nowhere, and pages that broke."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from buildos_app.ui import routes
from buildos_app.ui.components.brand import brand
from buildos_app.ui.components.buttons import STYLES, link_button
from buildos_app.ui.components.fields import NativeLink


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


def error_boundary(_stateful: bool) -> rx.Component:
    """Catches what fails while a page is drawn; Reflex reports it to the server's log."""
    return ErrorBoundary.create(fallback_render=rx.Var.create(_broken()))


def _broken() -> rx.Component:
    return rx.el.main(
        rx.el.h1("This page could not be drawn", class_name="text-2xl font-[640] tracking-[-0.022em]"),
        rx.el.p(
            "Nothing is lost. Load it again; if it stays, the log of the web app says why.", class_name="text-ink-2"
        ),
        NativeLink.create("Load it again", href=routes.TODAY, class_name=STYLES["primary"]),
        class_name="min-h-screen grid content-center justify-items-center gap-4 p-6 text-center bg-canvas text-ink",
    )
