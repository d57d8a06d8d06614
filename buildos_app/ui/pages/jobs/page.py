"""What BuildOS does for the person in the background."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import STYLES, button, key, link_button
from buildos_app.ui.components.surfaces import card, empty, entry, skeleton_rows, toned_chip, why
from buildos_app.ui.job_actions import JobActions
from buildos_app.ui.layout import progress_bar, shell
from buildos_app.ui.pages.jobs.state import JobsState as State

KINDS = (("all", "All"), ("running", "Waiting or running"), ("failed", "Failed"), ("done", "Done"))
SIGNS = {
    "completed": ("circle-check", "text-good"),
    "failed": ("circle-alert", "text-bad"),
    "retrying": ("rotate-cw", "text-warn"),
    "cancelled": ("circle-slash", "text-ink-3"),
    "processing": ("loader", "text-accent-text"),
    "pending": ("clock", "text-ink-3"),
}


def jobs() -> rx.Component:
    """The list, the newest first, with its filter."""
    return shell(
        "Jobs",
        rx.el.div(
            _filter(),
            rx.cond(State.loaded, rx.cond(State.jobs.length() > 0, _list(), _nothing()), card(skeleton_rows(5))),
            class_name="grid gap-4 max-w-[980px]",
        ),
        sub=rx.cond(
            State.running > 0,
            rx.cond(State.running == 1, "1 job waits or runs", f"{State.running} jobs wait or run"),
            "Nothing runs right now",
        ),
    )


def _filter() -> rx.Component:
    return rx.el.div(
        *[_kind(name, label) for name, label in KINDS],
        role="group",
        aria_label="Show",
        class_name="flex flex-wrap gap-2",
    )


def _kind(name: str, label: str) -> rx.Component:
    is_on = State.kind == name
    count = (
        rx.cond(State.failed > 0, rx.el.span(State.failed, class_name="tabular-nums text-bad"))
        if name == "failed"
        else rx.fragment()
    )
    return rx.el.button(
        label,
        count,
        type="button",
        aria_pressed=rx.cond(is_on, "true", "false"),
        on_click=State.show(name),
        class_name=STYLES["plain"] + " aria-pressed:bg-accent-soft aria-pressed:text-accent-text "
        "aria-pressed:border-accent",
    )


def _list() -> rx.Component:
    return rx.fragment(
        card(rx.el.ul(rx.foreach(State.jobs, _row), aria_label="Jobs", custom_attrs={"data-rows": "true"})),
        rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more))),
    )


def _row(job: rx.Var[Any]) -> rx.Component:
    return entry(
        rx.el.span(_sign(job.state), class_name="shrink-0 mt-[2px] self-start"),
        rx.el.div(
            rx.el.a(
                rx.el.span(job.title, class_name="font-[560]"),
                rx.cond(job.subject != "", rx.fragment(" · ", job.subject)),
                href=job.href,
                custom_attrs={"data-row-key": "Enter"},
                class_name="hover:underline break-words",
            ),
            rx.el.p(
                job.detail,
                class_name=rx.match(
                    job.state,
                    ("failed", "text-sm text-bad break-words"),
                    ("retrying", "text-sm text-warn break-words"),
                    "text-sm text-ink-2 break-words",
                ),
            ),
            rx.cond(job.state == "processing", progress_bar(job.percent, job.title)),
            why(job.times, rx.cond(job.attempts != "", rx.fragment(" · ", job.attempts))),
            class_name="flex-1 min-w-0 basis-[70%] md:basis-auto grid gap-[2px]",
        ),
        rx.el.div(
            toned_chip(job.chip.text, job.chip.tone),
            rx.cond(
                job.can_cancel,
                _action("Cancel", job, JobActions.cancel(job.id), "x"),
            ),
            rx.cond(job.can_retry, _action("Retry", job, JobActions.retry(job.id), "r")),
            class_name="flex items-center gap-2 ml-auto",
        ),
        key=job.id,
        class_name="py-3",
    )


def _action(label: str, job: rx.Var[Any], handler: Any, row_key: str) -> rx.Component:
    return button(
        label,
        rx.el.span(f" {job.title} {job.subject}", class_name="sr-only"),
        key(row_key.upper()),
        on_click=handler,
        custom_attrs={"data-row-key": row_key},
    )


def _sign(state: rx.Var[str]) -> rx.Component:
    icons = (
        (name, rx.icon(icon, size=18, aria_hidden="true", class_name=tone)) for name, (icon, tone) in SIGNS.items()
    )
    return rx.match(state, *icons, rx.fragment())


def _nothing() -> rx.Component:
    return card(
        rx.match(
            State.kind,
            ("running", empty("Nothing runs", "What you start shows here until it is done.", icon_name="clock")),
            (
                "failed",
                empty("Nothing failed", "A job that fails says here why, and can be retried.", icon_name="check"),
            ),
            (
                "done",
                empty("Nothing is done yet", "Finished and cancelled jobs are kept here.", icon_name="list-checks"),
            ),
            empty(
                "No jobs yet",
                "When BuildOS plans phases, writes a brief or reads a long dump for you, you see here how far it is.",
                link_button("Write a brain dump", key("B"), href=routes.DUMP),
                icon_name="list-todo",
            ),
        ),
    )
