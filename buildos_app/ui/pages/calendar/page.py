"""The calendar: a week or a day, and times for what has none."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button, icon_button, key, link_button
from buildos_app.ui.components.surfaces import ROW, card, card_header, chip, empty, hint, notice, skeleton_rows, why
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.calendar.state import CalendarState as State

GRID = "grid grid-cols-[44px_repeat(var(--days),minmax(0,1fr))] min-w-[calc(44px+var(--days)*var(--day-width))]"
BLOCK = "absolute overflow-hidden rounded-s px-[6px] py-[2px] text-xs leading-[15px] text-left border "
ONE_LINE = "data-[short=true]:truncate "
CLASH = "data-[clash=true]:border-warn data-[clash=true]:border-l-4 "
TASK = "bg-accent-soft border-accent/40 text-ink cursor-grab focus-visible:z-10 "
EVENT = "bg-sunken border-line text-ink-2 "


def calendar() -> rx.Component:
    """The page."""
    return shell(
        "Calendar",
        rx.el.span(State.said, role="status", class_name="sr-only"),
        rx.cond(State.status == "revoked", _reconnect()),
        rx.cond(
            State.loaded,
            rx.el.div(
                card(_grid(), class_name="relative overflow-x-auto min-w-0"),
                _side(),
                class_name="grid grid-cols-1 xl:grid-cols-[minmax(0,1fr)_300px] gap-5 items-start",
            ),
            card(skeleton_rows(8)),
        ),
        _move_form(),
        sub=State.title,
        actions=_actions(),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        icon_button("chevron-left", "Earlier", on_click=State.go(-1), custom_attrs={"data-hotkey": "["}),
        button("Today", on_click=State.go(0)),
        icon_button("chevron-right", "Later", on_click=State.go(1), custom_attrs={"data-hotkey": "]"}),
        *[
            button(
                label,
                on_click=State.show(view),
                aria_pressed=rx.cond(State.view == view, "true", "false"),
                class_name="aria-pressed:bg-accent-soft aria-pressed:text-accent-text",
            )
            for view, label in (("week", "Week"), ("day", "Day"))
        ],
        link_button("Changes on both sides", href="/calendar/changes", look="quiet"),
    )


def _reconnect() -> rx.Component:
    return rx.el.div(
        notice(
            "Google no longer lets BuildOS in, so what you see of your events is as old as the last sync.",
            link_button("Reconnect", href="/settings/calendar"),
            icon_name="unplug",
        ),
        class_name="mb-4",
    )


def _grid() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(class_name="sticky left-0 z-20 bg-surface border-b border-line"),
            rx.foreach(State.days, _head),
            rx.el.ol(
                rx.foreach(
                    State.hours,
                    lambda hour: rx.el.li(
                        hour, class_name="h-12 -translate-y-[7px] pr-2 text-right text-[11px] text-ink-3"
                    ),
                ),
                aria_hidden="true",
                class_name="sticky left-0 z-20 bg-surface tabular-nums",
            ),
            rx.foreach(State.days, _day),
            class_name=GRID,
        ),
        style={
            "--days": State.days.length().to_string(),
            "--day-width": rx.cond(State.days.length() > 1, "80px", "200px"),
        },
    )


def _head(day: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.h2(
            day.label,
            rx.cond(day.is_today, rx.el.span(" today", class_name="sr-only")),
            class_name=rx.cond(
                day.is_today, "text-sm font-semibold text-accent-text", "text-sm font-medium text-ink-2"
            ),
        ),
        rx.foreach(day.all_day, _all_day),
        class_name="px-2 py-2 border-b border-l border-line min-w-0 grid gap-1 content-start",
    )


def _all_day(block: rx.Var[Any]) -> rx.Component:
    look = "block truncate rounded-s px-[6px] py-[2px] text-xs border "
    return rx.cond(
        block.is_task,
        rx.el.a(block.title, href=block.href, title=block.title, class_name=look + TASK),
        rx.el.span(block.title, title=block.words, class_name=look + EVENT),
    )


def _day(day: rx.Var[Any]) -> rx.Component:
    return rx.el.section(
        rx.foreach(day.blocks, _block),
        aria_label=day.label,
        custom_attrs={
            "data-calendar-day": day.day,
            "data-first-hour": State.first_hour,
            "data-today": rx.cond(day.is_today, "true", "false"),
        },
        class_name="relative border-l border-line bg-[linear-gradient(var(--line)_1px,transparent_1px)] "
        "bg-[size:100%_48px]",
        style={"height": State.grid_height},
    )


def _block(block: rx.Var[Any]) -> rx.Component:
    place = {"top": block.top, "height": block.height, "left": block.left, "width": block.width}
    return rx.cond(
        block.is_task,
        rx.el.a(
            rx.el.b(block.title, class_name=rx.cond(block.done, "font-medium line-through", "font-medium")),
            rx.el.span(" ", block.words, class_name="text-ink-2"),
            rx.cond(block.clash != "", rx.el.span(" ", block.clash, class_name="block text-warn font-medium")),
            href=block.href,
            title=block.tip,
            draggable=True,
            custom_attrs={
                "data-calendar-task": block.id,
                "data-short": block.short.to_string(),
                "data-clash": (block.clash != "").to_string(),
                "data-start": block.start,
                "aria-keyshortcuts": "Alt+ArrowUp",
            },
            class_name=BLOCK + ONE_LINE + TASK + CLASH,
            style=place,
        ),
        rx.el.div(
            rx.el.b(block.title, class_name="font-medium"),
            rx.el.span(" ", block.words, class_name="break-words"),
            title=block.tip,
            custom_attrs={"data-short": block.short.to_string()},
            class_name=BLOCK + ONE_LINE + EVENT,
            style=place,
        ),
    )


def _move_form() -> rx.Component:
    """What a drag or the keys fill in and send: see assets/js/calendar.js."""
    names = ("task", "day", "minutes")
    return rx.el.form(
        *[rx.el.input(type="hidden", name=name, id=f"move-{name}") for name in names],
        on_submit=State.move,
        id="calendar-move",
        hidden=True,
    )


def _side() -> rx.Component:
    return rx.el.div(
        rx.cond(State.chosen != "", _suggestions(), _unplanned()),
        rx.el.p(
            "Drag a task, or select it and press ",
            key("Alt ↑ ↓"),
            " for a quarter of an hour, ",
            key("Alt ← →"),
            " for a day.",
            class_name="hidden md:block text-xs leading-6 text-ink-3 px-1",
        ),
        rx.cond(
            State.status == "none",
            notice(
                "Connect a calendar, and your events stand here too.",
                link_button("Connect", href="/settings/calendar"),
                icon_name="calendar-plus",
            ),
        ),
        class_name="grid gap-3 min-w-0",
    )


def _unplanned() -> rx.Component:
    return card(
        card_header("Without a time", chip(State.unplanned.length())),
        rx.cond(
            State.unplanned.length() > 0,
            rx.el.ul(rx.foreach(State.unplanned, _unplanned_row), custom_attrs={"data-rows": "true"}),
            empty("Everything has a time", "New tasks without one show up here.", icon_name="calendar-check"),
        ),
    )


def _unplanned_row(task: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(task.title, class_name="break-words"),
            rx.cond(task.why != "", why(task.why)),
            class_name="flex-1 min-w-0",
        ),
        button("Find a time", rx.el.span(" for ", task.title, class_name="sr-only"), on_click=State.find(task.id)),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name=ROW + "flex-nowrap focus:bg-accent-soft outline-none",
    )


def _suggestions() -> rx.Component:
    return card(
        card_header("A time for it", hint(icon_button("x", "Close", on_click=State.stop_looking))),
        rx.el.p(State.chosen_title, class_name="px-4 pt-3 font-medium break-words"),
        rx.cond(
            State.suggestions.length() > 0,
            rx.el.ul(rx.foreach(State.suggestions, _suggestion)),
            rx.el.p(
                "No free time in the next seven days. Make it shorter, or see why below.", class_name="p-4 text-sm"
            ),
        ),
        rx.cond(
            State.refusals.length() > 0,
            rx.el.details(
                rx.el.summary("Days without a suggestion", class_name="cursor-pointer text-sm text-ink-2"),
                rx.el.ul(rx.foreach(State.refusals, lambda each: rx.el.li(rx.el.b(each.words), ": ", each.reason))),
                class_name="px-4 py-3 text-sm text-ink-2 border-t border-line",
            ),
        ),
        role="status",
    )


def _suggestion(slot: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(slot.words, class_name="tabular-nums"), why(slot.reason), class_name="flex-1 min-w-0"),
        button("Take", rx.el.span(" ", slot.words, class_name="sr-only"), on_click=State.take(slot.start)),
        class_name=ROW + "flex-nowrap",
    )
