"""Today: what is late, what is for today, what comes, how full it is; the first dump for who is new."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, hint, skeleton_rows
from buildos_app.ui.components.tasks import task_list
from buildos_app.ui.layout import running_card, shell
from buildos_app.ui.pages.briefs.page import todays_brief
from buildos_app.ui.pages.today.day import week_card, your_day
from buildos_app.ui.pages.today.state import TodayState
from buildos_app.ui.pages.welcome.page import invitation
from buildos_app.ui.running import Running
from buildos_app.ui.tasks.quick_add import NAME as QUICK_ADD


def today() -> rx.Component:
    """The page that people open first."""
    return shell(
        TodayState.greeting,
        rx.cond(
            TodayState.loaded,
            rx.fragment(invitation(), rx.cond(TodayState.is_new, _first_dump(), _columns())),
            card(skeleton_rows(6)),
        ),
        sub=TodayState.summary,
        actions=rx.fragment(
            button(
                "Search",
                key("Ctrl K"),
                look="quiet",
                custom_attrs={"data-opens": "command-bar"},
                class_name="max-md:hidden",
            ),
            add_task(),
        ),
    )


def add_task() -> rx.Component:
    """Opens quick add."""
    return button("Add task", key("N"), custom_attrs={"data-opens": QUICK_ADD})


def _columns() -> rx.Component:
    return rx.el.div(
        rx.el.div(todays_brief(), _past_due(), _today(), _upcoming(), _undated(), class_name="grid gap-5 min-w-0"),
        rx.el.aside(
            your_day(),
            week_card(),
            _running(),
            aria_label="Your week",
            class_name="grid gap-5 min-w-0",
        ),
        class_name="grid gap-5 xl:gap-6 items-start xl:grid-cols-[minmax(0,1fr)_320px]",
    )


def _past_due() -> rx.Component:
    more = TodayState.past_due_count - TodayState.past_due.length()
    return rx.cond(
        TodayState.past_due.length() > 0,
        card(
            card_header("Past due", chip(TodayState.past_due_count, tone="bad"), tone="bad"),
            task_list(TodayState.past_due, TodayState.toggle, TodayState.skip),
            rx.cond(more > 0, rx.el.p("and ", more, " older", class_name="px-4 py-2 text-sm text-ink-3")),
        ),
    )


def _today() -> rx.Component:
    return _section(
        card_header("Today", chip(TodayState.today.length()), hint(TodayState.today_load)),
        TodayState.today,
        empty("Nothing is planned for today", "Enjoy it, or add something.", add_task(), icon_name="sun"),
    )


def _upcoming() -> rx.Component:
    return _section(
        card_header("Upcoming", chip(TodayState.upcoming.length()), hint("next 7 days")),
        TodayState.upcoming,
        empty(
            "The next 7 days are free",
            "Tasks with a date show up here. Tasks without one wait in their projects.",
            link_button("Open projects", href=routes.PROJECTS),
            icon_name="calendar",
        ),
    )


def _undated() -> rx.Component:
    return rx.cond(
        TodayState.undated.length() > 0,
        card(
            card_header("Without a date", chip(TodayState.undated.length()), hint("in no project")),
            task_list(TodayState.undated, TodayState.toggle),
        ),
    )


def _section(header: rx.Component, tasks: Any, nothing: rx.Component) -> rx.Component:
    return card(header, rx.cond(tasks.length() > 0, task_list(tasks, TodayState.toggle, TodayState.skip), nothing))


def _running() -> rx.Component:
    return rx.cond(
        Running.live > 0,
        card(
            card_header("Runs right now", chip(Running.live, tone="accent")),
            rx.el.div(
                rx.foreach(Running.jobs, lambda job: rx.cond(job.ended_seconds_ago < 0, running_card(job))),
                class_name="grid gap-2 p-3",
            ),
        ),
    )


def _first_dump() -> rx.Component:
    return card(
        empty(
            "Start with what is on your mind",
            "Write everything down in one go, in any order. BuildOS finds the projects, the tasks and the dates in it, "
            "shows you each one with the words it came from, and changes nothing before you say so.",
            rx.el.div(
                link_button("Write your first dump", key("B"), href=routes.DUMP, look="primary"),
                add_task(),
                class_name="flex flex-wrap justify-center gap-2",
            ),
            icon_name="pencil-line",
        ),
        class_name="max-w-[860px]",
    )
