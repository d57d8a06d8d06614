"""Connect a calendar, see how it is, choose, map, disconnect; and the feed that needs no account."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import STYLES, button, icon, link_button
from buildos_app.ui.components.dialog import dialog
from buildos_app.ui.components.fields import INPUT, NativeLink, checkbox
from buildos_app.ui.components.surfaces import ROW, card, card_header, chip, hint, notice, problem, skeleton_rows, why
from buildos_app.ui.pages.settings.calendar.state import CalendarSettingsState as State

CONNECT = "/api/calendar/connect"


def calendar_settings() -> rx.Component:
    """The section."""
    return rx.fragment(
        rx.cond(State.problem != "", problem(State.problem)),
        rx.cond(
            State.just_connected & (State.status == "connected"),
            rx.el.div(notice("Connected. The first sync is on its way.", icon_name="circle-check"), role="status"),
        ),
        card(
            card_header("Calendar", _state_chip()),
            rx.cond(State.loaded, _connection(), skeleton_rows(2)),
        ),
        rx.cond(State.status == "connected", _calendars()),
        rx.cond((State.status == "connected") & (State.projects.length() > 0), _projects()),
        _feed(),
        _disconnect_dialog(),
    )


def _state_chip() -> rx.Component:
    return rx.match(
        State.status,
        ("connected", chip("connected", tone="good")),
        ("revoked", chip("connect again", tone="warn")),
        ("ending", chip("disconnecting")),
        chip("not connected"),
    )


def _connection() -> rx.Component:
    return rx.el.div(
        rx.match(
            State.status,
            ("connected", _connected()),
            ("revoked", _revoked()),
            ("ending", rx.el.p("The connection is being taken down. This takes a moment.", role="status")),
            _not_connected(),
        ),
        class_name="p-4 md:p-5 grid gap-4",
    )


def _not_connected() -> rx.Component:
    return rx.cond(
        State.provider != "",
        rx.fragment(
            rx.el.ul(
                _promise("Tasks with a start appear in your calendar, and follow every change."),
                _promise("Move or rename the event there, and the task follows."),
                _promise("Changed on both sides? Both versions are kept, and you choose."),
                class_name="grid gap-2",
            ),
            rx.el.div(_connect_link("Connect ", State.provider)),
        ),
        rx.el.p("Google Calendar is not set up on this installation. The feed below works without it."),
    )


def _promise(text: str) -> rx.Component:
    return rx.el.li(icon("check"), text, class_name="flex items-start gap-2 text-ink-2")


def _connect_link(*words: Any) -> rx.Component:
    return NativeLink.create(icon("calendar-plus"), *words, href=CONNECT, class_name=STYLES["primary"])


def _revoked() -> rx.Component:
    return rx.fragment(
        problem("Google no longer lets BuildOS in: access was taken back, or ran out. Nothing is lost here."),
        rx.el.div(_connect_link("Reconnect ", State.email), _disconnect_button(), class_name="flex flex-wrap gap-2"),
    )


def _connected() -> rx.Component:
    return rx.fragment(
        rx.el.p(State.provider, " as ", rx.el.b(State.email, class_name="break-all")),
        rx.cond(
            State.pushes,
            why("Changes in Google arrive within seconds."),
            rx.cond(
                State.can_push,
                why("Google does not announce every change here yet, so BuildOS looks for them every five minutes."),
                why("This installation has no public https address, so BuildOS looks for changes every five minutes."),
            ),
        ),
        rx.el.label(
            checkbox(
                "Tasks with a start go to the calendar by themselves",
                checked=State.auto,
                on_change=State.set_auto,
            ),
            rx.el.span("Tasks with a start go to the calendar by themselves", aria_hidden="true"),
            class_name="flex items-center gap-3",
        ),
        rx.el.div(
            button(icon("refresh-cw"), "Sync now", on_click=State.sync_now),
            link_button("Open calendar", href="/calendar", look="quiet"),
            _disconnect_button(),
            class_name="flex flex-wrap gap-2",
        ),
    )


def _disconnect_button() -> rx.Component:
    return button("Disconnect", look="quiet", custom_attrs={"data-opens": "disconnect-calendar"})


def _calendars() -> rx.Component:
    return card(
        card_header("Your calendars", hint("ticked ones are synced")),
        rx.el.ul(rx.foreach(State.calendars, _calendar), custom_attrs={"data-rows": "true"}),
    )


def _calendar(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        checkbox(
            item.name,
            checked=item.chosen,
            disabled=item.fixed,
            on_change=lambda chosen: State.choose(item.id, chosen),
            custom_attrs={"data-row-key": "x"},
        ),
        rx.el.span(class_name="size-3 rounded-full shrink-0", style={"background": item.color}, aria_hidden="true"),
        rx.el.div(
            rx.el.span(item.name, class_name="break-words"),
            why(item.detail),
            rx.cond(item.problem != "", rx.el.small(item.problem, role="alert", class_name="block text-xs text-bad")),
            rx.cond(item.waits != "", _question(item)),
            class_name="flex-1 min-w-0",
        ),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name=ROW + "flex-nowrap focus:bg-accent-soft outline-none",
    )


def _question(item: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.p(item.waits),
        rx.el.div(
            button("Remove them", look="danger", on_click=State.decide(item.id, True)),
            button("Keep everything", on_click=State.decide(item.id, False)),
            class_name="flex flex-wrap gap-2 mt-2",
        ),
        role="alert",
        class_name="mt-2 p-3 rounded-m bg-warn-soft text-warn text-sm",
    )


def _projects() -> rx.Component:
    return card(
        card_header("Projects", hint("which calendar their tasks go to")),
        rx.el.ul(rx.foreach(State.projects, _project)),
    )


def _project(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.span(item.name, class_name="flex-1 min-w-0 break-words"),
        rx.el.select(
            rx.el.option("Main calendar", value=""),
            rx.foreach(State.options, lambda option: rx.el.option(option.name, value=option.id)),
            value=item.calendar_id,
            on_change=lambda value: State.map_project(item.id, value),
            aria_label=f"Calendar of {item.name}",
            class_name=INPUT + " max-w-[220px]",
        ),
        class_name=ROW + "flex-nowrap",
    )


def _feed() -> rx.Component:
    return card(
        card_header("Secret calendar address"),
        rx.el.div(
            rx.el.p(
                "Any calendar program can subscribe to your tasks by this address, read only and without Google. "
                "Whoever knows it sees your tasks.",
                class_name="text-ink-2",
            ),
            rx.cond(
                State.feed != "",
                rx.fragment(
                    rx.el.label("Address", html_for="feed-address", class_name="text-sm font-medium"),
                    rx.el.input(
                        id="feed-address", value=State.feed, read_only=True, class_name=INPUT + " font-mono text-xs"
                    ),
                    rx.el.div(
                        button("Make a new address", on_click=State.turn_feed(True)),
                        button("Turn off", look="quiet", on_click=State.turn_feed(False)),
                        class_name="flex flex-wrap gap-2",
                    ),
                    why("A new address ends the old one at once."),
                ),
                rx.el.div(button(icon("rss"), "Make an address", on_click=State.turn_feed(True))),
            ),
            class_name="grid gap-3 p-4 md:p-5",
        ),
    )


def _disconnect_dialog() -> rx.Component:
    closes = {"data-closes": "true"}
    return dialog(
        "disconnect-calendar",
        "Disconnect the calendar?",
        rx.el.p(
            "Your tasks stay here as they are. What shall become of their events in Google?",
            class_name="text-ink-2 mb-4",
        ),
        rx.el.div(
            button("Keep the events", on_click=State.disconnect(False), custom_attrs=closes),
            button("Remove the events", look="danger", on_click=State.disconnect(True), custom_attrs=closes),
            class_name="flex flex-wrap justify-end gap-2",
        ),
    )
