"""The section of text messages: the phone, what is texted and when not, and the log."""

from typing import Any

import reflex as rx

from buildos_app.settings import get_settings
from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.dialog import dialog
from buildos_app.ui.components.fields import INPUT, NativeLink, checkbox, field
from buildos_app.ui.components.surfaces import (
    ROW,
    card,
    card_header,
    chip,
    empty,
    hint,
    notice,
    problem,
    skeleton_rows,
    toned_chip,
    why,
)
from buildos_app.ui.pages.settings.sms.state import SmsState as State

BODY = "grid gap-4 p-4 md:p-5"
LEADS = ("5", "10", "15", "30", "45", "60")


def sms_settings() -> rx.Component:
    """The three cards."""
    return rx.fragment(
        card(card_header("Your phone"), rx.cond(State.loaded, _phone(), skeleton_rows(2))),
        card(card_header("What is texted"), rx.cond(State.loaded, _choices(), skeleton_rows(6))),
        card(
            card_header("Messages", rx.cond(State.is_verified, hint(State.sent_today, " today"))),
            rx.cond(State.loaded, _log(), skeleton_rows(4)),
        ),
    )


def _phone() -> rx.Component:
    return rx.el.div(
        rx.cond(State.is_verified, _number_in_use()),
        rx.cond(
            State.pending != "",
            _code(),
            rx.cond(State.is_verified & ~State.changing, rx.fragment(), _number()),
        ),
        _sandbox_hint(),
        class_name=BODY,
    )


def _number_in_use() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.p(State.number, class_name="text-lg font-[560] tabular-nums"),
            rx.cond(State.is_opted_out, chip("turned off", tone="warn"), chip("verified", tone="good")),
            rx.el.div(
                button("Change", look="quiet", on_click=State.change_number),
                button("Remove", look="quiet", custom_attrs={"data-opens": "remove-phone"}),
                rx.cond(
                    State.is_opted_out,
                    button("Turn back on", look="primary", on_click=State.turn_on),
                    button("Turn off", custom_attrs={"data-opens": "opt-out"}),
                ),
                class_name="flex flex-wrap gap-2 sm:ml-auto",
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.cond(
            State.is_opted_out,
            notice(
                rx.cond(
                    State.by_stop,
                    "You replied STOP. Text START to our number first, so that your carrier lets us through again.",
                    "Nothing is texted until you turn it back on. What you chose below is kept.",
                ),
                icon_name="bell-off",
            ),
        ),
        _sure(
            "opt-out",
            "Turn text messages off?",
            "Nothing is texted any more, not even what is urgent. What waits is cancelled.",
            "Turn off",
            State.turn_off,
        ),
        _sure(
            "remove-phone",
            "Remove this number?",
            "Nothing is texted until you verify a number again.",
            "Remove",
            State.remove,
        ),
    )


def _sure(name: str, title: str, what: str, yes: str, handler: Any) -> rx.Component:
    return dialog(
        name,
        title,
        rx.el.p(what, class_name="text-ink-2"),
        rx.el.div(
            button("Cancel", look="quiet", custom_attrs={"data-closes": "true"}),
            button(yes, look="danger", on_click=handler, custom_attrs={"data-closes": "true"}),
            class_name="flex justify-end gap-2 pt-4",
        ),
    )


def _number() -> rx.Component:
    return rx.el.form(
        rx.cond(State.phone_error != "", problem(State.phone_error)),
        rx.el.p(
            "A code proves that the phone is yours. Your carrier may charge for texts. Reply STOP to end them.",
            class_name="text-sm text-ink-2",
        ),
        field(
            "Mobile number",
            "number",
            type="tel",
            auto_complete="tel",
            required=True,
            max_length=40,
            placeholder="+49 1512 3456789",
        ),
        rx.cond(
            State.is_verified,
            field("Your password", "password", type="password", auto_complete="current-password", required=True),
        ),
        rx.el.div(
            rx.cond(State.is_verified, button("Cancel", look="quiet", on_click=State.change_number)),
            button("Send me a code", look="primary", type="submit"),
            class_name="flex justify-end gap-2",
        ),
        on_submit=State.send_code,
        reset_on_submit=False,
        class_name="grid gap-4",
    )


def _code() -> rx.Component:
    return rx.el.form(
        rx.cond(State.code_error != "", problem(State.code_error)),
        rx.el.p("A code is on its way to ", rx.el.strong(State.pending), ".", role="status", class_name="text-sm"),
        field(
            "Code",
            "code",
            auto_complete="one-time-code",
            input_mode="numeric",
            required=True,
            max_length=12,
            auto_focus=True,
        ),
        rx.el.div(
            button("Use another number", look="quiet", on_click=State.use_another),
            button(
                "Send it again",
                rx.el.span(custom_attrs={"data-countdown": "true"}, aria_hidden="true", class_name="tabular-nums"),
                on_click=State.send_code_again,
                custom_attrs={"data-available-at": State.resend_at},
            ),
            button("Verify", look="primary", type="submit"),
            class_name="flex flex-wrap justify-end gap-2",
        ),
        on_submit=State.check_code,
        reset_on_submit=False,
        class_name="grid gap-4",
    )


def _sandbox_hint() -> rx.Component:
    settings = get_settings()
    if settings.is_production or settings.twilio_account_sid:
        return rx.fragment()
    link = NativeLink.create(
        "sandbox's phones",
        href=f"{settings.sandbox_url}/phone",
        target="_blank",
        rel="noopener",
        class_name="underline",
    )
    return notice(
        rx.fragment("Twilio is not set up here, so that every message lands on the ", link, "."),
        icon_name="smartphone",
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
        class_name=INPUT + "max-w-[120px]",
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
