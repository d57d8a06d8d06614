"""Toasts as a function of state: news from the table and a page's own short answers; see `assets/js/toasts.jsx`.

No text of a person or a model ever becomes JavaScript, as it would with `rx.toast`.
"""

import reflex as rx


class Toasts(rx.Component):
    """Shows a toast for each new item, once per tab."""

    library = "$/public/js/toasts.jsx"
    tag = "Toasts"

    news: rx.Var[list[dict[str, str | int | bool]]]
    answer: rx.Var[dict[str, str | int]]
    ready: rx.Var[bool]
