"""How the sandbox's own pages look."""

from html import escape

_STYLE = """
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; max-width: 860px; margin: 32px auto;
padding: 0 20px } h1 { font-size: 24px } h2 { font-size: 17px; margin: 24px 0 6px } a { color: inherit }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 6px 10px 6px 0;
border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); vertical-align: middle }
input, button, select { font: inherit; padding: 6px 10px; border-radius: 6px; max-width: 100%;
border: 1px solid color-mix(in srgb, currentColor 35%, transparent) }
form.row { display: flex; gap: 6px; flex-wrap: wrap }
small { opacity: .75 }
"""


def page(title: str, body: str) -> str:
    """A whole page; `body` is HTML."""
    head = (
        f"<title>{escape(title)}</title><meta name=viewport content='width=device-width'><link rel=icon href='data:,'>"
    )
    main = f"<main><h1>{escape(title)}</h1>{body}</main>"
    return f"<!doctype html><html lang=en><meta charset=utf-8>{head}<style>{_STYLE}</style>{main}"
