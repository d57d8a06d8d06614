"""Calls of language models as they are drawn: to their person in the settings, to administrators for everybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx

from buildos_app.monitoring.usage import CallView
from buildos_app.ui import routes
from buildos_app.ui.components.surfaces import entry, toned_chip, why
from buildos_app.ui.figures import dollars, purpose_words, seconds_words
from buildos_app.ui.views import ago_words


@dataclass(frozen=True)
class ServedLink:
    """What a call served; without an address where who looks may not open it."""

    label: str
    href: str


@dataclass(frozen=True)
class CallRow:
    """One call."""

    id: str
    purpose: str
    detail: str
    outcome: str
    tone: str
    cost: str
    served: list[ServedLink]


def call_row(item: CallView, reader: str, moment: datetime) -> CallRow:
    """A call for `reader`, the id of who looks: only what is their own can be opened."""
    tokens = f"{item.prompt_tokens + item.completion_tokens:,} tokens"
    seconds = seconds_words(item.milliseconds / 1000)
    facts = (item.engine, seconds, tokens, ago_words(item.created_at, moment), item.error)
    return CallRow(
        str(item.id),
        purpose_words(item.purpose),
        " · ".join(filter(None, facts)),
        item.outcome.replace("_", " "),
        "good" if item.outcome == "success" else "bad",
        dollars(item.cost_micros),
        _served(item, is_own=str(item.user_id) == reader),
    )


def _served(item: CallView, *, is_own: bool) -> list[ServedLink]:
    """The dump or brief, which says more than the job that worked on it."""
    if item.brain_dump_id:
        return [ServedLink("dump", routes.review(item.brain_dump_id) if is_own else "")]
    if item.brief_date:
        return [ServedLink(f"brief of {item.brief_date}", routes.brief(item.brief_date) if is_own else "")]
    return [ServedLink("job", routes.JOBS if is_own else routes.admin("queue"))] if item.job_id else []


def call_entry(item: rx.Var[Any]) -> rx.Component:
    """A call in a list."""
    return entry(
        rx.el.div(
            rx.el.span(item.purpose),
            rx.foreach(item.served, _link),
            why(item.detail),
            class_name="flex-1 min-w-0 basis-[70%] md:basis-auto",
        ),
        toned_chip(item.outcome, item.tone),
        rx.el.span(item.cost, class_name="tabular-nums text-ink-2 text-sm"),
    )


def _link(link: rx.Var[Any]) -> rx.Component:
    return rx.cond(
        link.href != "",
        rx.el.a(
            link.label,
            href=link.href,
            custom_attrs={"data-row-key": "Enter"},
            class_name="ml-2 text-sm text-accent-text hover:underline",
        ),
        rx.el.span(link.label, class_name="ml-2 text-sm text-ink-3"),
    )
