"""Markdown that a person or a model wrote. This is the one way to draw it; `rx.markdown` and `rx.html` are forbidden.

The rules stand in `assets/js/markdown.js`: no HTML, pictures as links, links to https and mailto only. The browser
fetches the renderer when the first text is drawn, so pages without one stay light.
"""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import STYLES
from buildos_app.ui.components.fields import AREA


class SafeMarkdown(rx.NoSSRComponent):
    """Draws its `text`."""

    library = "$/public/js/markdown.js"
    tag = "SafeMarkdown"
    lib_dependencies: list[str] = ["react-markdown@10.1.0", "remark-gfm@4.0.1"]

    text: rx.Var[str]


class MarkdownPreview(SafeMarkdown):
    """The button that shows what stands in the box with the id `of` as it is meant, before it is saved."""

    tag = "MarkdownPreview"

    of: rx.Var[str]


def safe_markdown(text: Any, **props: Any) -> rx.Component:
    """The text as it was meant, with headings below that of its card."""
    return SafeMarkdown.create(text=text, **props)


def markdown_area(label: str, name: str, *below: Any, **props: Any) -> rx.Component:
    """A labelled box to write Markdown in, and a look at what it means."""
    box = props.pop("id", name)
    look = STYLES["quiet"] + " h-[28px] aria-pressed:bg-hover aria-pressed:text-ink"
    return rx.el.div(
        rx.el.label(label, html_for=box, class_name="text-sm font-medium self-center"),
        MarkdownPreview.create(of=box, class_name=look),
        rx.el.textarea(
            id=box, name=name, class_name=AREA + "col-span-2 [&[hidden]]:hidden " + props.pop("class_name", ""), **props
        ),
        *below,
        class_name="grid grid-cols-[1fr_auto] gap-x-3 gap-y-[6px] min-w-0",
    )
