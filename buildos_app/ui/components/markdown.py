"""Markdown that a person or a model wrote. This is the one way to draw it; `rx.markdown` and `rx.html` are forbidden.

The rules stand in `assets/js/markdown.js`: no HTML, pictures as links, links to https and mailto only. The browser
fetches the renderer when the first text is drawn, so pages without one stay light.
"""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import STYLES
from buildos_app.ui.components.fields import AREA

LIBRARY = "$/public/js/markdown.js"
PACKAGES = ["react-markdown@10.1.0", "remark-gfm@4.0.1"]


class SafeMarkdown(rx.NoSSRComponent):
    """Draws its `text`."""

    library = LIBRARY
    tag = "SafeMarkdown"
    lib_dependencies: list[str] = PACKAGES

    text: rx.Var[str]


def safe_markdown(text: Any, **props: Any) -> rx.Component:
    """The text as it was meant, with headings below that of its card."""
    return SafeMarkdown.create(text=text, **props)


class MarkdownPreview(rx.NoSSRComponent):
    """A button that shows what is typed into the box with the id `area` as it is meant."""

    library = LIBRARY
    tag = "MarkdownPreview"
    lib_dependencies: list[str] = PACKAGES

    area: rx.Var[str]
    button_class: rx.Var[str]
    text_class: rx.Var[str]


def markdown_area(label: str, name: str, *below: Any, **props: Any) -> rx.Component:
    """A labelled box for Markdown, with what it means at a click."""
    area = props.pop("id", name)
    return rx.el.div(
        rx.el.label(label, html_for=area, class_name="text-sm font-medium"),
        rx.el.textarea(
            id=area,
            name=name,
            class_name=AREA + "col-span-2 max-h-[50vh] field-sizing-content [&[hidden]]:hidden",
            **props,
        ),
        MarkdownPreview.create(
            area=area,
            button_class=STYLES["quiet"]
            + " row-start-1 col-start-2 h-[28px] aria-pressed:bg-hover aria-pressed:text-ink",
            text_class="col-span-2 px-3 py-2 rounded-s bg-sunken min-h-[96px]",
        ),
        *below,
        class_name="grid grid-cols-[1fr_auto] items-center gap-[6px] min-w-0",
    )
