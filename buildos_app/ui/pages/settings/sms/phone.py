"""Your phone: a number, its code, and turning everything off and on."""

from typing import Any

import reflex as rx

from buildos_app.settings import get_settings
from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.dialog import dialog, form_dialog
from buildos_app.ui.components.fields import NativeLink, field
from buildos_app.ui.components.surfaces import chip, notice, problem
from buildos_app.ui.pages.settings.sms.state import SmsState as State

BODY = "grid gap-4 p-4 md:p-5"


def phone() -> rx.Component:
    """The number in use, the one that waits for its code, or the form for one."""
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
                button("Remove", look="quiet", on_click=State.ask_to_remove),
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
        rx.cond(
            State.removing,
            form_dialog(
                "remove-phone",
                "Remove this number?",
                rx.el.p("Nothing is texted until you verify a number again.", class_name="text-ink-2"),
                field("Your password", "password", type="password", auto_complete="current-password", required=True),
                on_submit=State.remove,
                on_close=State.ask_to_remove,
                save="Remove",
                look="danger",
                error=State.remove_error,
            ),
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
