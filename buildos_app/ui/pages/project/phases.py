"""The phases tab: what is being planned, the plan that waits, the phases as a board, the backlog."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import checkbox
from buildos_app.ui.components.surfaces import (
    card,
    card_header,
    chip,
    chips,
    empty,
    hint,
    notice,
    problem,
    toned_chip,
    why,
)
from buildos_app.ui.components.tasks import task_list
from buildos_app.ui.layout import progress_bar
from buildos_app.ui.pages.project.phases_state import PhasesState


def phases_tab() -> rx.Component:
    """The tab."""
    return rx.el.div(_again(), planning(), proposal(), board(), backlog(), class_name="grid gap-5")


def _again() -> rx.Component:
    running = rx.Var.create(["pending", "processing", "retrying"]).contains(PhasesState.job_state)
    return rx.cond(
        PhasesState.phases.length() > 0,
        rx.el.div(
            button("Regenerate phases", on_click=PhasesState.generate, disabled=running),
            class_name="flex justify-end -mb-2",
        ),
    )


def planning() -> rx.Component:
    """The job: its progress, its way out, its failure."""
    return rx.match(
        PhasesState.job_state,
        ("pending", _running()),
        ("processing", _running()),
        ("retrying", _running()),
        (
            "failed",
            rx.cond(
                PhasesState.has_proposal,
                rx.fragment(),
                problem(PhasesState.job_message, button("Try again", on_click=PhasesState.generate)),
            ),
        ),
        rx.fragment(),
    )


def _running() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.b("Planning phases"),
                rx.el.p(PhasesState.job_message, class_name="text-sm text-ink-2"),
                progress_bar(PhasesState.job_percent, "Planning phases"),
                class_name="flex-1 min-w-0",
            ),
            button("Cancel", look="quiet", on_click=PhasesState.cancel_job),
            class_name="flex items-center gap-4",
        ),
        role="status",
        class_name="px-4 py-3",
    )


def proposal() -> rx.Component:
    """The plan that waits for a yes."""
    return rx.cond(
        PhasesState.has_proposal,
        card(
            card_header(
                "Proposed phases",
                chip(PhasesState.proposal.length(), tone="accent"),
                hint("nothing changes before you accept"),
            ),
            rx.el.div(
                rx.el.p(PhasesState.proposal_note, class_name="text-ink-2 max-w-[68ch]"),
                rx.cond(
                    PhasesState.proposal_is_stale,
                    notice(
                        "Tasks changed since this plan was made. Generate it again to accept it.",
                        icon_name="triangle-alert",
                    ),
                ),
                _columns(PhasesState.proposal, _proposed_task),
                rx.el.div(
                    button("Discard", look="quiet", on_click=PhasesState.discard),
                    button(
                        "Accept ",
                        PhasesState.proposal.length(),
                        " phases",
                        look="primary",
                        on_click=PhasesState.accept,
                        disabled=PhasesState.proposal_is_stale,
                    ),
                    class_name="flex justify-end gap-2",
                ),
                class_name="grid gap-4 p-4",
            ),
        ),
    )


def board() -> rx.Component:
    """The phases of the project side by side."""
    return rx.cond(
        PhasesState.phases.length() > 0,
        rx.el.section(
            rx.el.h2("Phases", id="phases", class_name="sr-only"),
            _columns(PhasesState.phases, _task),
            aria_labelledby="phases",
        ),
        rx.cond(
            PhasesState.has_proposal | (PhasesState.job_state == "pending") | (PhasesState.job_state == "processing"),
            rx.fragment(),
            card(
                empty(
                    "No phases yet",
                    "Let the worker plan them from your tasks, their dates and what waits for what. You see the plan "
                    "before anything changes.",
                    button("Generate phases", look="primary", on_click=PhasesState.generate),
                    icon_name="milestone",
                )
            ),
        ),
    )


def backlog() -> rx.Component:
    """The tasks that are in no phase."""
    return rx.cond(
        PhasesState.backlog.length() > 0,
        card(
            card_header("Backlog", chip(PhasesState.backlog.length()), hint("in no phase")),
            task_list(PhasesState.backlog, PhasesState.toggle),
        ),
    )


def _columns(phases: Any, draw: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(phases, lambda phase: _column(phase, draw)),
        class_name="grid gap-4 items-start grid-cols-[repeat(auto-fill,minmax(min(100%,280px),1fr))]",
    )


def _column(phase: rx.Var[Any], draw: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h3(phase.name, class_name="font-semibold break-words"),
            toned_chip(phase.state.text, phase.state.tone),
            class_name="flex items-center gap-2 px-1 pt-[2px]",
        ),
        rx.el.p(phase.dates, class_name="text-xs text-ink-3 px-1"),
        rx.cond(phase.description != "", rx.el.p(phase.description, class_name="text-sm text-ink-2 px-1 pt-1")),
        rx.el.ul(rx.foreach(phase.tasks, draw), class_name="grid gap-2 pt-3"),
        class_name="bg-sunken border border-line rounded-l p-3 min-w-0",
    )


def _task(task: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        checkbox(
            f"Done: {task.title}",
            checked=task.done,
            on_change=lambda _: PhasesState.toggle(task.id),
            class_name="mt-[2px]",
        ),
        rx.el.div(
            rx.el.p(task.title, class_name=rx.cond(task.done, "text-ink-3 line-through break-words", "break-words")),
            rx.el.div(chips(task.chips), class_name="mt-[6px] [&>span]:justify-start"),
            class_name="min-w-0",
        ),
        class_name="flex gap-[10px] bg-surface border border-line rounded-m px-3 py-[10px]",
    )


def _proposed_task(task: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.p(task.title, class_name="break-words"),
        why(task.why),
        rx.el.div(chips(task.chips), class_name="mt-[6px] [&>span]:justify-start"),
        class_name="bg-surface border border-line rounded-m px-3 py-[10px]",
    )
