"""Today: what is late, what is for today, what comes; the first dump for who is new."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, key, link_button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, hint, problem, skeleton_rows
from buildos_app.ui.components.tasks import task_list
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.today.state import TodayState


def today() -> rx.Component:
    """The page that people open first."""
    return shell(
        TodayState.greeting,
        rx.cond(TodayState.error != "", problem(TodayState.error, button("Try again", on_click=TodayState.load))),
        rx.cond(
            TodayState.loaded,
            rx.cond(TodayState.is_new, _first_dump(), _sections()),
            card(skeleton_rows(6)),
        ),
        sub=TodayState.summary,
        actions=button(
            "Search",
            key("Ctrl K"),
            look="quiet",
            custom_attrs={"data-opens": "command-bar"},
            class_name="max-md:hidden",
        ),
    )


def _sections() -> rx.Component:
    return rx.el.div(
        rx.cond(
            TodayState.past_due.length() > 0,
            card(
                card_header("Past due", chip(TodayState.past_due.length(), tone="bad"), tone="bad"),
                task_list(TodayState.past_due, TodayState.toggle),
            ),
        ),
        card(
            card_header("Today", chip(TodayState.today.length()), hint(TodayState.today_load)),
            rx.cond(
                TodayState.today.length() > 0,
                task_list(TodayState.today, TodayState.toggle),
                empty("Nothing is planned for today", "Enjoy it, or pick something from what comes.", icon_name="sun"),
            ),
        ),
        card(
            card_header("Upcoming", chip(TodayState.upcoming.length()), hint("next 7 days")),
            rx.cond(
                TodayState.upcoming.length() > 0,
                task_list(TodayState.upcoming, TodayState.toggle),
                empty(
                    "The next 7 days are free",
                    "Tasks with a date show up here. Tasks without one wait in their projects.",
                    link_button("Open projects", href=routes.PROJECTS),
                    icon_name="calendar",
                ),
            ),
        ),
        class_name="grid gap-5 max-w-[860px]",
    )


def _first_dump() -> rx.Component:
    return card(
        empty(
            "Start with what is on your mind",
            "Write everything down in one go, in any order. BuildOS finds the projects, the tasks and the dates in it, "
            "shows you each one with the words it came from, and changes nothing before you say so.",
            link_button("Write your first dump", key("B"), href=routes.DUMP, look="primary"),
            icon_name="pencil-line",
        ),
        class_name="max-w-[860px]",
    )
