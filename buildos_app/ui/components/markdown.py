"""Markdown that a person or a model wrote. This is the one way to draw it; `rx.markdown` and `rx.html` are forbidden.

The rules stand in `assets/js/markdown.js`: no HTML, pictures as links, links to https and mailto only. The browser
fetches the renderer when the first text is drawn, so pages without one stay light.
"""

from typing import Any

import reflex as rx


class SafeMarkdown(rx.NoSSRComponent):
    """Draws its `text`."""

    library = "$/public/js/markdown.js"
    tag = "SafeMarkdown"
    lib_dependencies: list[str] = ["react-markdown@10.1.0", "remark-gfm@4.0.1"]

    text: rx.Var[str]


def safe_markdown(text: Any, **props: Any) -> rx.Component:
    """The text as it was meant, with headings below that of its card."""
    return SafeMarkdown.create(text=text, **props)
