"""The plan that waits for a yes, beside what is there today."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, key
from buildos_app.ui.components.surfaces import card, card_header, chip, chips, hint, notice, toned_chip, why
from buildos_app.ui.pages.phases.board import pager
from buildos_app.ui.pages.phases.plan_state import PlanState
from buildos_app.ui.pages.phases.proposal_state import ProposalState
from buildos_app.ui.pages.phases.state import PhasesState


def proposal() -> rx.Component:
    """The card, while there is a plan."""
    return rx.cond(
        ProposalState.has_plan,
        card(
            card_header(
                "Proposed phases",
                chip(ProposalState.phases.length(), tone="accent"),
                hint("nothing changes before you accept", class_name="max-md:hidden"),
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.p(ProposalState.note, class_name="text-ink-2 max-w-[68ch]"),
                    rx.el.p(ProposalState.choices, class_name="text-xs text-ink-3 mt-1"),
                ),
                _changed(),
                rx.el.div(
                    _plan(),
                    rx.cond(ProposalState.today.length() > 0, _today()),
                    class_name="grid gap-5 items-start xl:grid-cols-[minmax(0,1fr)_minmax(0,280px)]",
                ),
                _answer(),
                class_name="grid grid-cols-1 gap-4 p-4",
            ),
        ),
    )


def _changed() -> rx.Component:
    return rx.cond(
        ProposalState.changes.length() > 0,
        notice(
            rx.el.div(
                rx.el.p("Tasks changed since this plan was made, so it cannot be accepted any more:"),
                rx.el.ul(
                    rx.foreach(ProposalState.changes, lambda words: rx.el.li(words, class_name="break-words")),
                    rx.cond(ProposalState.more_changes > 0, rx.el.li("and ", ProposalState.more_changes, " more")),
                    class_name="list-disc pl-5 mt-1",
                ),
            ),
            button("Plan again", on_click=PlanState.open, disabled=PhasesState.is_planning),
            icon_name="triangle-alert",
        ),
    )


def _plan() -> rx.Component:
    return rx.el.div(
        rx.foreach(ProposalState.phases, _phase),
        class_name="grid gap-4 items-start grid-cols-[repeat(auto-fill,minmax(min(100%,260px),1fr))]",
    )


def _phase(phase: rx.Var[Any]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h3(phase.name, class_name="font-semibold break-words min-w-0"),
            toned_chip(phase.state.text, phase.state.tone),
            class_name="flex flex-wrap items-center gap-x-2 px-1 pt-[2px]",
        ),
        rx.el.p(phase.dates, class_name="text-xs text-ink-3 px-1"),
        rx.cond(phase.description != "", rx.el.p(phase.description, class_name="text-sm text-ink-2 px-1 pt-1")),
        rx.el.ul(rx.foreach(phase.tasks, _task), class_name="grid gap-2 pt-3"),
        _rest(phase),
        class_name="bg-sunken border border-line rounded-l p-3 min-w-0",
    )


def _rest(phase: rx.Var[Any]) -> rx.Component:
    """The way to the tasks of a phase that are not shown."""
    is_opened = ProposalState.opened == phase.order
    return rx.cond(
        is_opened,
        rx.el.div(
            rx.cond(
                phase.has_more | (phase.first > 1),
                pager(
                    f"{phase.first} to {phase.first + phase.tasks.length() - 1} of {phase.count}",
                    phase.first > 1,
                    phase.has_more,
                    ProposalState.look_at(phase.order, ProposalState.page - 1),
                    ProposalState.look_at(phase.order, ProposalState.page + 1),
                ),
            ),
            button("Back to all phases", look="quiet", on_click=ProposalState.look_at(0, 0)),
            class_name="pt-2",
        ),
        rx.cond(
            phase.has_more,
            rx.el.div(
                button(
                    "Show all ",
                    phase.count,
                    look="quiet",
                    on_click=ProposalState.look_at(phase.order, 0),
                    aria_label=f"Show all {phase.count} of {phase.name}",
                ),
                class_name="pt-2",
            ),
        ),
    )


def _task(task: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.p(task.title, class_name="break-words"),
        why(task.why),
        rx.cond(task.chips.length() > 0, rx.el.div(chips(task.chips), class_name="mt-[6px] [&>span]:justify-start")),
        class_name="bg-surface border border-line rounded-m px-3 py-[10px]",
    )


def _today() -> rx.Component:
    return rx.el.section(
        rx.el.h3("As it is today", class_name="text-sm font-semibold px-1 pb-2"),
        rx.el.ul(
            rx.foreach(
                ProposalState.today,
                lambda phase: rx.el.li(
                    rx.el.div(
                        rx.el.span(phase.name, class_name="font-medium break-words min-w-0"),
                        toned_chip(phase.fate.text, phase.fate.tone),
                        class_name="flex flex-wrap items-center gap-x-2",
                    ),
                    rx.el.small(phase.dates, " · ", phase.tasks, class_name="block text-xs text-ink-3"),
                    class_name="px-3 py-2 border-b border-line last:border-0",
                ),
            ),
            class_name="border border-line rounded-m",
        ),
        class_name="min-w-0",
    )


def _answer() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ProposalState.moved > 0,
            rx.el.p(ProposalState.moved, " starts of tasks change", class_name="text-sm text-ink-2 mr-auto"),
        ),
        button("Discard", look="quiet", on_click=ProposalState.discard),
        button(
            "Accept ",
            ProposalState.phases.length(),
            rx.cond(ProposalState.phases.length() == 1, " phase", " phases"),
            key("Ctrl ↵"),
            look="primary",
            on_click=ProposalState.accept,
            disabled=ProposalState.changes.length() > 0,
            custom_attrs={"data-hotkey": "mod+Enter"},
        ),
        class_name="flex flex-wrap items-center justify-end gap-2",
    )
