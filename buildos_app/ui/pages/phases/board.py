"""Phases side by side, and the backlog. Drag a task, or press m on it and choose its phase."""

from typing import Any

import reflex as rx

from buildos_app.phases.columns import BACKLOG, REPEATING, SHOWN
from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.menu import menu, menu_item
from buildos_app.ui.components.surfaces import card, card_header, chip, chips, hint, toned_chip, why
from buildos_app.ui.components.tasks import done_box, task_title
from buildos_app.ui.pages.phases.edit_state import PhaseEditState
from buildos_app.ui.pages.phases.schedule_state import ScheduleState
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.tasks import FILTERS as TASK_FILTERS

FILTERS = (("", "All tasks"), *((value, words) for value, words in TASK_FILTERS if value in SHOWN))
SMALL_LIST = "text-xs text-ink-2 bg-transparent border border-line rounded-s h-[22px] px-1 max-md:h-7 "
CARD = (
    "group/row bg-surface border border-line cursor-grab outline-none focus:bg-accent-soft focus-visible:shadow-none "
    "focus-within:bg-hover "
)


def board() -> rx.Component:
    """The phases of the project."""
    return rx.el.section(
        rx.el.h2("Phases", id="phases", class_name="sr-only"),
        rx.el.div(
            rx.foreach(PhasesState.phases, _column),
            class_name="grid gap-4 items-start grid-cols-[repeat(auto-fill,minmax(min(100%,280px),1fr))]",
        ),
        aria_labelledby="phases",
    )


def phase_menu(phase: rx.Var[Any]) -> rx.Component:
    """What one does with a phase."""
    return menu(
        f"More for {phase.name}",
        menu_item("pencil", "Edit…", on_click=PhaseEditState.edit(phase.id)),
        rx.cond(~phase.is_over, menu_item("calendar-clock", "Schedule…", on_click=ScheduleState.open(phase.id))),
        rx.cond(
            ~phase.is_first & ~phase.is_over,
            menu_item("arrow-left", "Move earlier", on_click=PhaseEditState.shift(phase.id, -1)),
        ),
        rx.cond(
            ~phase.is_last & ~phase.is_over,
            menu_item("arrow-right", "Move later", on_click=PhaseEditState.shift(phase.id, 1)),
        ),
        menu_item("trash-2", "Delete…", look="text-bad", on_click=PhaseEditState.ask_delete(phase.id)),
    )


def _column(phase: rx.Var[Any]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h3(phase.name, class_name="font-semibold break-words min-w-0"),
                    toned_chip(phase.state.text, phase.state.tone),
                    class_name="flex flex-wrap items-center gap-x-2 gap-y-1",
                ),
                rx.el.p(phase.dates, " · ", phase.progress, class_name="text-xs text-ink-3 mt-1"),
                class_name="flex-1 min-w-0 pt-[5px]",
            ),
            phase_menu(phase),
            class_name="flex items-start gap-2 pl-1",
        ),
        rx.cond(phase.count > 0, _filter(phase)),
        rx.cond(phase.description != "", rx.el.p(phase.description, class_name="text-sm text-ink-2 px-1 pt-2")),
        rx.cond(
            phase.tasks.length() > 0,
            rx.el.ul(rx.foreach(phase.tasks, lambda task: _task(task, phase.id)), class_name="grid gap-2 pt-3"),
            rx.el.p(_nothing_here(phase.count), class_name="text-sm text-ink-3 px-1 pt-3"),
        ),
        rx.cond(phase.more > 0, _more(phase.more, phase.id, phase.name)),
        aria_label=phase.name,
        custom_attrs={"data-column": phase.id, "data-rows": "true"},
        class_name="bg-sunken border border-line rounded-l p-3 min-w-0 min-h-[120px]",
    )


def _filter(phase: rx.Var[Any]) -> rx.Component:
    """Which of its tasks a phase shows."""
    return rx.el.select(
        *[rx.el.option(words, value=value) for value, words in FILTERS],
        value=phase.which,
        on_change=lambda which: PhasesState.show_in(phase.id, which),
        aria_label=f"Show in {phase.name}",
        class_name=SMALL_LIST + "ml-1 mt-2",
    )


def _nothing_here(count: Any) -> Any:
    return rx.cond(count > 0, "No task like this.", "No tasks. Drag one here, or choose this phase in its list.")


def _more(count: Any, column: Any, name: Any, class_name: str = "pt-2") -> rx.Component:
    return rx.el.div(
        button(
            "Show ",
            count,
            " more",
            look="quiet",
            on_click=PhasesState.open_column(column),
            aria_label=f"Show {count} more of {name}",
        ),
        class_name=class_name,
    )


def _task(task: rx.Var[Any], home: Any) -> rx.Component:
    return rx.el.li(
        done_box(task, PhasesState.toggle, class_name="mt-[2px]"),
        rx.el.div(
            task_title(task),
            rx.el.div(
                rx.el.div(chips(task.chips), class_name="[&>span]:justify-start"),
                _place(
                    task,
                    home,
                    "max-w-[150px] md:absolute md:bottom-2 md:right-2 md:bg-surface opacity-0 "
                    "group-hover/row:opacity-100 group-focus-within/row:opacity-100 "
                    "group-focus/row:opacity-100 max-md:opacity-100 motion-safe:transition-opacity",
                ),
                class_name="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 mt-[6px]",
            ),
            class_name="min-w-0 flex-1",
        ),
        tab_index=-1,
        draggable=True,
        custom_attrs={"data-row": "true", "data-card": task.id},
        class_name=CARD + "relative flex gap-[10px] rounded-m px-3 py-[10px]",
    )


def _place(task: rx.Var[Any], home: Any, class_name: str) -> rx.Component:
    """The phase of a task, as a list: what a drop chooses, the keyboard chooses too."""
    return rx.el.select(
        rx.foreach(PhasesState.places, lambda place: rx.el.option(place.name, value=place.id)),
        rx.el.option("Backlog", value=rx.cond(task.recurring, REPEATING, BACKLOG)),
        value=home,
        on_change=lambda place: PhaseEditState.move(task.id, place),
        aria_label=f"Phase of {task.title}",
        custom_attrs={"data-row-key": "m"},
        class_name=SMALL_LIST + class_name,
    )


def backlog() -> rx.Component:
    """The tasks that are in no phase."""
    return rx.cond(
        PhasesState.backlog.length() > 0,
        card(
            card_header(
                "Backlog",
                chip(PhasesState.backlog_count),
                hint(
                    rx.cond(PhasesState.phases.length() > 0, "drag, or press m to move", "in no phase"),
                    class_name="max-md:hidden",
                ),
            ),
            rx.el.ul(
                rx.foreach(PhasesState.backlog, lambda task: _waiting(task, BACKLOG)),
                custom_attrs={"data-rows": "true"},
            ),
            rx.cond(
                PhasesState.backlog_more > 0, _more(PhasesState.backlog_more, BACKLOG, "the backlog", "p-2 text-center")
            ),
            custom_attrs={"data-column": BACKLOG},
        ),
        rx.cond(
            PhasesState.phases.length() > 0,
            rx.el.section(
                rx.el.p(
                    rx.cond(
                        PhasesState.which == "",
                        "The backlog is empty: every task is in a phase. Drag one here to take it out.",
                        "No task like this is in the backlog.",
                    ),
                    class_name="text-sm text-ink-3",
                ),
                aria_label="Backlog",
                custom_attrs={"data-column": BACKLOG},
                class_name="border border-dashed border-line rounded-l px-4 py-5",
            ),
        ),
    )


def repeating() -> rx.Component:
    """The tasks that repeat and are in no phase: they come by themselves."""
    return rx.cond(
        PhasesState.repeating.length() > 0,
        card(
            card_header(
                "Repeating",
                chip(PhasesState.repeating_count),
                hint("their dates come by themselves", class_name="max-md:hidden"),
            ),
            rx.el.ul(
                rx.foreach(PhasesState.repeating, lambda task: _waiting(task, REPEATING)),
                custom_attrs={"data-rows": "true"},
            ),
            rx.cond(
                PhasesState.repeating_more > 0,
                _more(PhasesState.repeating_more, REPEATING, "what repeats", "p-2 text-center"),
            ),
            custom_attrs={"data-column": REPEATING},
        ),
    )


def opened_column() -> rx.Component:
    """One phase, or the backlog, with all of its tasks."""
    first, shown = PhasesState.opened_first, PhasesState.opened_tasks.length()
    return card(
        card_header(
            PhasesState.opened_name,
            chip(PhasesState.opened_count),
            hint(button("Back to all phases", look="quiet", on_click=PhasesState.open_column(""))),
        ),
        rx.el.ul(
            rx.foreach(PhasesState.opened_tasks, lambda task: _waiting(task, PhasesState.opened)),
            custom_attrs={"data-rows": "true"},
        ),
        rx.cond(shown == 0, rx.el.p("No task like this.", class_name="px-4 py-5 text-sm text-ink-3")),
        rx.cond(
            PhasesState.has_next | (first > 1),
            pager(
                f"{first} to {first + shown - 1} of {PhasesState.opened_count}",
                first > 1,
                PhasesState.has_next,
                PhasesState.turn_page(-1),
                PhasesState.turn_page(1),
            ),
        ),
        custom_attrs={"data-column": PhasesState.opened},
    )


def pager(words: Any, has_earlier: Any, has_later: Any, on_earlier: Any, on_later: Any) -> rx.Component:
    """The way through a list that is longer than a page."""
    return rx.el.nav(
        button("Earlier", disabled=~has_earlier, on_click=on_earlier),
        rx.el.span(words, role="status", class_name="text-sm text-ink-2 tabular-nums"),
        button("Later", disabled=~has_later, on_click=on_later),
        aria_label="Pages",
        class_name="flex flex-wrap items-center justify-center gap-3 p-3",
    )


def _waiting(task: rx.Var[Any], home: Any) -> rx.Component:
    return rx.el.li(
        done_box(task, PhasesState.toggle),
        rx.el.div(
            task_title(task),
            rx.cond(task.recurring & (task.why != ""), why(task.why)),
            class_name="flex-1 min-w-0 basis-[70%] md:basis-auto",
        ),
        chips(task.chips),
        rx.cond(PhasesState.phases.length() > 0, _place(task, home, "md:w-[150px]")),
        tab_index=-1,
        draggable=True,
        custom_attrs={"data-row": "true", "data-card": task.id},
        class_name=CARD + "flex flex-wrap md:flex-nowrap items-center gap-[11px] min-h-[38px] px-4 py-[7px] "
        "border-0 border-b last:border-0 last:rounded-b-l",
    )
