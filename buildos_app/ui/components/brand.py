"""The name and its mark."""

import reflex as rx


def brand() -> rx.Component:
    """The mark and the name beside it."""
    return rx.el.div(
        rx.el.span(
            aria_hidden="true",
            class_name="size-5 rounded-s bg-[linear-gradient(135deg,var(--accent),oklch(62%_.13_320))]",
        ),
        "BuildOS",
        class_name="flex items-center gap-[9px] font-[650] text-lg tracking-[-0.02em] px-2",
    )
