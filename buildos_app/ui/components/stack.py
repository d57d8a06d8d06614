"""What runs, as a function of state: the stack, and the progress of one job; see `assets/js/stack.jsx`."""

from typing import Any

import reflex as rx


def _job_id(job_id: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (job_id,)


def _nothing() -> tuple[()]:
    return ()


class Stack(rx.Component):
    """A card for each job that runs, waits, or has just ended. While `offline` it asks over HTTP."""

    library = "$/public/js/stack.jsx"
    tag = "Stack"

    jobs: rx.Var[list[Any]]
    ready: rx.Var[bool]
    offline: rx.Var[bool]
    on_cancel: rx.EventHandler[_job_id]  # type: ignore[type-arg, valid-type]
    on_retry: rx.EventHandler[_job_id]  # type: ignore[type-arg, valid-type]


class JobProgress(rx.Component):
    """One job where its work will be seen: how far it is, and its way out. While `offline` it follows what the stack
    asks over HTTP; `done` is what it says when the job ends then."""

    library = "$/public/js/stack.jsx"
    tag = "JobProgress"

    title: rx.Var[str]
    job: rx.Var[Any]
    offline: rx.Var[bool]
    done: rx.Var[str]
    on_cancel: rx.EventHandler[_nothing]  # type: ignore[type-arg, valid-type]
