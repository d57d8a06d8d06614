"""How far a brief's writing is, wherever that is shown."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.briefs.queries import BriefView
from buildos_app.clock import zone
from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.surfaces import card
from buildos_app.ui.layout import progress_bar


@dataclass(frozen=True)
class Writing:
    """`state` is none, waiting, running, ready, failed or cancelled."""

    state: str = "none"
    message: str = ""
    percent: int = 0
    error: str = ""
    planned: str = ""


def writing_of(brief: BriefView | None) -> Writing:
    """How far a brief is."""
    if brief is None:
        return Writing()
    progress = brief.progress or {}
    planned = brief.planned_for.astimezone(zone(brief.timezone)) if brief.planned_for else None
    return Writing(
        state=brief.state,
        message=str(progress.get("message", "")) or "Waits for the worker",
        percent=int(progress.get("percent", 0)),
        error=brief.error or "The job that was to write it is gone.",
        planned=f"{planned:%H:%M}" if planned else "",
    )


def running(writing: rx.Var[Any], on_cancel: rx.EventHandler) -> rx.Component:
    """The step, how far it is, and a way out."""
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.b("Writing your brief"),
                rx.el.p(writing.message, class_name="text-sm text-ink-2"),
                progress_bar(writing.percent, "Writing your brief"),
                class_name="flex-1 min-w-0",
            ),
            button("Cancel", look="quiet", on_click=on_cancel),
            class_name="flex items-center gap-4",
        ),
        role="status",
        class_name="px-4 py-3",
    )
