"""What a page says while it cannot reach the server. Reflex tries again by itself."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

is_offline = has_connection_errors
"""Did the websocket fail to open again? Known to the browser alone."""


def offline_banner() -> rx.Component:
    """One calm line on top; what was typed stays."""
    return rx.cond(
        is_offline,
        rx.el.div(
            "The server cannot be reached. Nothing is lost: this page tries again by itself.",
            role="status",
            class_name="sticky top-0 z-30 px-4 py-2 text-sm text-center bg-warn-soft text-warn",
        ),
    )
