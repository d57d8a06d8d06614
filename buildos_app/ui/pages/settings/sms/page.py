"""The section of text messages: the phone, what is texted and when not, and the log."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import INPUT, checkbox, field
from buildos_app.ui.components.surfaces import (
    ROW,
    card,
    card_header,
    empty,
    hint,
    problem,
    skeleton_rows,
    toned_chip,
    why,
)
from buildos_app.ui.pages.settings.sms.phone import BODY, phone
from buildos_app.ui.pages.settings.sms.state import SmsState as State

LEADS = ("5", "10", "15", "30", "45", "60")


def sms_settings() -> rx.Component:
    """The three cards."""
    return rx.fragment(
        card(card_header("Your phone"), rx.cond(State.loaded, phone(), skeleton_rows(2))),
        card(card_header("What is texted"), rx.cond(State.loaded, _choices(), skeleton_rows(6))),
        card(
            card_header("Messages", rx.cond(State.is_verified, hint(State.sent_today, " today"))),
            rx.cond(State.loaded, _log(), skeleton_rows(4)),
        ),
    )


def _choices() -> rx.Component:
    return rx.el.form(
        rx.cond(State.error != "", problem(State.error)),
        rx.el.div(
            _switch("task_reminders", "Task reminders", "Before a task with a time is due"),
            _switch("event_reminders", "Event reminders", "Before an event of your calendar starts"),
            _switch("urgent_alerts", "Urgent alerts", "An hour before a task of high priority is due, also at night"),
            _switch("brief_ready", "Your brief is ready", "With what is for today and what is late"),
            _switch(
                "morning_kickoff", "Morning kickoff", "How the day looks", at="kickoff_time", value=State.kickoff_time
            ),
            _switch(
                "evening_recap", "Evening recap", "What was done, what is left", at="recap_time", value=State.recap_time
            ),
            class_name="grid gap-3",
        ),
        rx.el.div(
            _select(
                "lead_minutes",
                "Reminders come",
                State.lead_minutes,
                [(lead, f"{lead} minutes ahead") for lead in LEADS],
            ),
            field(
                "Messages a day, at most",
                "daily_limit",
                type="number",
                min="0",
                max="100",
                required=True,
                default_value=State.daily_limit,
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        rx.el.fieldset(
            rx.el.legend("Quiet hours", class_name="text-sm font-medium mb-[6px]"),
            rx.el.label(
                checkbox("Keep quiet hours", name="has_quiet_hours", default_checked=State.has_quiet_hours),
                "Keep quiet hours: what falls into them comes when they end, and only urgent alerts come through",
                class_name="flex items-start gap-[11px] mb-3",
            ),
            rx.el.div(
                field("From", "quiet_start", type="time", required=True, default_value=State.quiet_start),
                field("To", "quiet_end", type="time", required=True, default_value=State.quiet_end),
                class_name="grid grid-cols-2 gap-4",
            ),
            rx.el.p("By your own clock: ", State.timezone, class_name="text-xs text-ink-3 mt-[6px]"),
        ),
        rx.el.div(button("Save text messages", look="primary", type="submit"), class_name="flex justify-end"),
        on_submit=State.save,
        reset_on_submit=False,
        key=State.saved.to_string(),
        class_name=BODY,
    )


def _switch(name: str, label: str, what: str, *, at: str = "", value: Any = None) -> rx.Component:
    clock = rx.el.input(
        type="time",
        name=at,
        aria_label=f"{label} at",
        default_value=value,
        required=True,
        class_name=INPUT + "max-w-[140px]",
    )
    return rx.el.div(
        rx.el.label(
            checkbox(label, name=name, default_checked=State.switches[name], class_name="mt-[2px]"),
            rx.el.span(label, rx.el.small(what, class_name="block text-xs text-ink-3")),
            class_name="flex items-start gap-[11px] flex-1 min-w-0",
        ),
        clock if at else rx.fragment(),
        class_name="flex items-center gap-3 min-h-[38px]",
    )


def _select(name: str, label: str, value: rx.Var[str], options: list[tuple[str, str]]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-sm font-medium"),
        rx.el.select(
            *[rx.el.option(text, value=option) for option, text in options],
            id=name,
            name=name,
            default_value=value,
            class_name=INPUT,
        ),
        class_name="grid gap-[6px]",
    )


def _log() -> rx.Component:
    return rx.cond(
        State.messages.length() > 0,
        rx.fragment(
            rx.el.ul(rx.foreach(State.messages, _message), aria_live="polite", custom_attrs={"data-rows": "true"}),
            rx.cond(State.has_more, rx.el.div(button("Show more", on_click=State.more), class_name="p-4")),
        ),
        empty(
            "No message yet",
            "Verify your phone and choose what is texted. Each message stands here with what became of it.",
            icon_name="message-square",
        ),
    )


def _message(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.icon("message-square", size=18, aria_hidden="true", class_name="text-ink-3 shrink-0"),
        rx.el.div(
            rx.el.span(item.title, class_name="break-words"),
            why(item.detail),
            class_name="flex-1 min-w-0 basis-[70%] md:basis-auto",
        ),
        toned_chip(item.status, item.tone),
        rx.cond(
            item.can_resend,
            button(
                "Send again",
                rx.el.span(": " + item.title, class_name="sr-only"),
                look="quiet",
                on_click=State.resend(item.id),
                custom_attrs={"data-row-key": "r"},
            ),
        ),
        key=item.id,
        class_name=ROW + "focus:bg-accent-soft outline-none",
        tab_index=-1,
        custom_attrs={"data-row": "true"},
    )
