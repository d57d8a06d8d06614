"""The phases tab: what is being planned, the plan that waits, the phases as a board or a timeline, the backlog."""

import reflex as rx

from buildos_app.ui.commands import add_keys
from buildos_app.ui.components.buttons import button, icon
from buildos_app.ui.components.connection import is_offline
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.stack import JobProgress
from buildos_app.ui.components.surfaces import card, empty, problem, skeleton_rows
from buildos_app.ui.pages.phases.backlog import backlog_dialog
from buildos_app.ui.pages.phases.board import FILTERS, backlog, board, opened_column, repeating
from buildos_app.ui.pages.phases.edit import edit_dialogs
from buildos_app.ui.pages.phases.edit_state import PhaseEditState
from buildos_app.ui.pages.phases.overdue import overdue_dialog
from buildos_app.ui.pages.phases.overdue_state import OverdueState
from buildos_app.ui.pages.phases.plan import plan_dialog
from buildos_app.ui.pages.phases.plan_state import PlanState
from buildos_app.ui.pages.phases.proposal import proposal
from buildos_app.ui.pages.phases.proposal_state import ProposalState
from buildos_app.ui.pages.phases.schedule import schedule_dialogs, schedule_menu
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.phases.timeline import timeline

add_keys("M", "Move the task to another phase")


def phases_tab() -> rx.Component:
    """The tab."""
    return rx.el.div(
        rx.cond(PhasesState.ready, _content(), card(skeleton_rows(5))),
        plan_dialog(),
        edit_dialogs(),
        overdue_dialog(),
        schedule_dialogs(),
        backlog_dialog(),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.cond(PhasesState.phases.length() > 0, _actions()),
        _planning(),
        proposal(),
        rx.cond(
            PhasesState.phases.length() > 0,
            rx.cond(PhasesState.layout == "timeline", timeline(), rx.cond(PhasesState.opened == "", board())),
            rx.cond(ProposalState.has_plan | PhasesState.is_planning, rx.fragment(), _nothing()),
        ),
        rx.cond(PhasesState.opened == "", rx.fragment(backlog(), repeating()), opened_column()),
        class_name="grid grid-cols-1 gap-5",
    )


def _actions() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _layout("board", "Board", "columns-3"),
            _layout("timeline", "Timeline", "chart-gantt"),
            role="group",
            aria_label="Layout",
            class_name="flex gap-1 p-[3px] rounded-s bg-sunken border border-line",
        ),
        rx.el.select(
            *[rx.el.option(words, value=value) for value, words in FILTERS],
            value=PhasesState.which,
            on_change=PhasesState.show,
            aria_label="Show",
            class_name=INPUT + "w-auto! h-[36px]! text-sm! mr-auto",
        ),
        rx.el.div(
            rx.cond(
                PhasesState.late > 0,
                button("Reschedule ", PhasesState.late, " overdue", on_click=OverdueState.open),
            ),
            schedule_menu(),
            button("Add phase", on_click=PhaseEditState.new),
            button("Regenerate phases", look="primary", on_click=PlanState.open, disabled=PhasesState.is_planning),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-3 -mb-1",
    )


def _layout(name: str, label: str, icon_name: str) -> rx.Component:
    return rx.el.button(
        icon(icon_name),
        label,
        type="button",
        on_click=PhasesState.lay_out(name),
        aria_pressed=rx.cond(PhasesState.layout == name, "true", "false"),
        class_name="inline-flex items-center gap-[6px] h-7 px-[10px] rounded-[5px] text-sm text-ink-2 hover:text-ink "
        "aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:font-[540]",
    )


def _planning() -> rx.Component:
    """The job: its progress, its way out, its failure."""
    return rx.cond(
        PhasesState.is_planning,
        JobProgress.create(
            title="Planning phases",
            job=PhasesState.job,
            offline=is_offline,
            done="The plan is ready. It is shown as soon as the server can be reached again.",
            on_cancel=PhasesState.cancel_job,
        ),
        rx.cond(
            (PhasesState.failure != "") & ~ProposalState.has_plan,
            problem(
                rx.el.span("Phases could not be planned; nothing was changed. ", PhasesState.failure),
                button("Plan again", on_click=PlanState.open),
            ),
        ),
    )


def _nothing() -> rx.Component:
    return card(
        empty(
            "No phases yet",
            "Let the worker plan them from your tasks, their dates and what waits for what. You see the plan before "
            "anything changes. Or make them by hand.",
            rx.el.div(
                button("Generate phases", look="primary", on_click=PlanState.open),
                button("Add phase", on_click=PhaseEditState.new),
                class_name="flex flex-wrap gap-2 justify-center",
            ),
            icon_name="milestone",
        )
    )
