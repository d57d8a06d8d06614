"""The dialogs that give the tasks of phases their starts, and take them away."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import INPUT, checkbox
from buildos_app.ui.components.menu import menu, menu_item
from buildos_app.ui.components.surfaces import why
from buildos_app.ui.pages.phases.backlog_state import BacklogState
from buildos_app.ui.pages.phases.schedule_state import ScheduleState as State


def schedule_dialogs() -> rx.Component:
    """What is open over the tab."""
    return rx.match(State.mode, ("schedule", _schedule()), ("unschedule", _unschedule()), rx.fragment())


def schedule_menu() -> rx.Component:
    """What one does with all phases at once."""
    return menu(
        "More for all phases",
        menu_item("calendar-clock", "Schedule all phases…", on_click=State.open("")),
        menu_item("milestone", "Put the backlog into phases…", on_click=BacklogState.open),
        menu_item("calendar-x", "Unschedule…", on_click=State.ask_unschedule),
    )


def _schedule() -> rx.Component:
    return form_dialog(
        "schedule",
        State.title,
        rx.el.p(
            rx.cond(
                State.has_calendar,
                "Found in your working hours, around what your calendar holds. ",
                "Found in your working hours, around what has its time already. ",
            ),
            "Change what you like; starts that fit already stay.",
            class_name="text-sm text-ink-2",
        ),
        rx.cond(
            State.rows.length() > 0,
            rx.el.ul(rx.foreach(State.rows, _start), class_name="border border-line rounded-m"),
            rx.el.p("Every task has a start that fits.", role="status"),
        ),
        rx.cond(
            State.more > 0,
            rx.el.p(State.more, " more come when these are scheduled.", class_name="text-sm text-ink-2"),
        ),
        on_submit=State.save,
        on_close=State.close,
        save=f"Schedule {State.count}",
        error=State.error,
        disabled=State.count == 0,
    )


def _start(row: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        checkbox(f"Schedule {row.title}", checked=row.on, on_change=lambda _: State.turn(row.id)),
        rx.el.div(
            rx.el.span(row.title, class_name="break-words"),
            why(row.place),
            rx.cond(
                (row.warning != "") & row.on,
                rx.el.small(row.warning, role="status", class_name="block text-xs text-warn break-words"),
            ),
            class_name="flex-1 min-w-0 basis-[75%] md:basis-auto",
        ),
        rx.el.input(
            type="datetime-local",
            value=row.at,
            disabled=~row.on,
            aria_label=f"Start of {row.title}",
            on_change=lambda at: State.set_start(row.id, at),
            class_name=INPUT + "h-[34px]! text-sm! max-md:ml-[29px] md:w-[224px]!",
        ),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2 border-b border-line last:border-0",
    )


def _unschedule() -> rx.Component:
    return form_dialog(
        "unschedule",
        "Unschedule the open tasks",
        rx.el.p("Done tasks and those that repeat stay as they are.", class_name="text-sm text-ink-2"),
        _tick("dates", "Take their starts away", "Their events leave your calendar. Due dates stay.", checked=True),
        _tick("phases", "Put them back into the backlog", "The phases stay, and are empty but for done tasks."),
        on_submit=State.unschedule,
        on_close=State.close,
        save="Unschedule",
        look="danger",
        error=State.error,
    )


def _tick(name: str, label: str, words: str, *, checked: bool = False) -> rx.Component:
    return rx.el.label(
        checkbox(label, name=name, default_checked=checked, class_name="mt-[2px]"),
        rx.el.span(rx.el.span(label, class_name="font-medium"), rx.el.small(words, class_name="block text-ink-2")),
        class_name="flex items-start gap-3",
    )
