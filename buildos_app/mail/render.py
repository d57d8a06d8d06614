"""Templates of mail: HTML whose styles are written into the tags, and plain text."""

from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

FOLDER = Path(__file__).parent / "templates"


def render_html(template: str, **values: Any) -> str:
    """A template as HTML; every value is escaped, and a missing one is an error."""
    html = _environment().get_template(f"{template}.html").render(values)
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(html)


def render_text(template: str, **values: Any) -> str:
    """A template as text: values as they are, without the blank lines that its tags leave."""
    lines = [line.rstrip() for line in _environment().get_template(f"{template}.txt").render(values).splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip() + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
