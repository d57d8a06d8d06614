"""The stack of running things as a function of state; see `assets/js/stack.jsx`."""

from typing import Any

import reflex as rx


def _job_id(job_id: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (job_id,)


class Stack(rx.Component):
    """A card for each job that runs, waits, or has just ended. While `offline` it asks over HTTP."""

    library = "$/public/js/stack.jsx"
    tag = "Stack"

    jobs: rx.Var[list[Any]]
    ready: rx.Var[bool]
    offline: rx.Var[bool]
    on_cancel: rx.EventHandler[_job_id]  # type: ignore[type-arg, valid-type]
    on_retry: rx.EventHandler[_job_id]  # type: ignore[type-arg, valid-type]
