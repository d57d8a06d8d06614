"""The form of the briefs."""

from typing import Any

import reflex as rx

from buildos_app.settings import get_settings
from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import INPUT, NativeLink, checkbox, field
from buildos_app.ui.components.surfaces import ROW, card, card_header, chip, notice, problem, skeleton_rows
from buildos_app.ui.pages.settings.briefs.state import BriefSettingsState as State

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def brief_settings() -> rx.Component:
    """When briefs come, and how."""
    return rx.fragment(
        card(card_header("Daily briefs"), rx.cond(State.loaded, _form(), skeleton_rows(4))),
        card(card_header("Planned"), rx.cond(State.loaded, _planned(), skeleton_rows(1))),
        card(card_header("Where mail goes"), rx.cond(State.loaded, _address(), skeleton_rows(1))),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(State.error != "", problem(State.error)),
        _switch("is_active", "Write me a brief", State.is_active, tries=True),
        rx.el.div(
            _select("frequency", "How often", State.frequency, [("daily", "Every day"), ("weekly", "Once a week")]),
            rx.cond(
                State.frequency == "weekly",
                _select(
                    "day_of_week", "On", State.day_of_week, [(str(number), day) for number, day in enumerate(DAYS)]
                ),
            ),
            rx.el.div(
                rx.el.label("At", html_for="time_of_day", class_name="text-sm font-medium"),
                rx.el.input(
                    id="time_of_day",
                    name="time_of_day",
                    type="time",
                    required=True,
                    default_value=State.time_of_day,
                    on_change=lambda value: State.try_out("time_of_day", value),
                    class_name=INPUT,
                ),
                class_name="grid gap-[6px]",
            ),
            class_name="grid gap-4 sm:grid-cols-3",
        ),
        rx.el.p(State.preview, role="status", class_name="text-sm text-ink-2"),
        _switch("by_email", "Send it by e-mail too", State.by_email),
        rx.cond(
            State.by_email & ~State.is_confirmed,
            notice("Mail begins once your address is confirmed, see below.", icon_name="mail"),
        ),
        _switch(
            "track_opens",
            "Count how often I open it",
            State.track_opens,
            "Off unless you want it: a tiny picture in the mail tells us.",
        ),
        rx.el.div(
            button("Reset", look="quiet", on_click=State.load),
            button("Save briefs", look="primary", type="submit"),
            class_name="flex justify-end gap-2",
        ),
        on_submit=State.save,
        reset_on_submit=False,
        class_name="grid gap-4 p-4 md:p-5",
    )


def _planned() -> rx.Component:
    """What waits for its time. The schedule writes a brief down up to an hour ahead."""
    return rx.cond(
        State.planned.length() > 0,
        rx.el.ul(
            rx.foreach(
                State.planned,
                lambda brief: rx.el.li(
                    rx.el.span(brief.day, " at ", brief.at, class_name="flex-1 min-w-0 tabular-nums"),
                    button(
                        "Skip",
                        rx.el.span(" the brief of ", brief.day, class_name="sr-only"),
                        look="quiet",
                        on_click=State.skip(brief.date),
                    ),
                    class_name=ROW,
                ),
            ),
            aria_live="polite",
        ),
        rx.el.p(
            "Nothing waits right now. A brief is planned within the hour before it comes; then it can be skipped here.",
            class_name="p-4 md:px-5 text-sm text-ink-2",
        ),
    )


def _switch(name: str, label: str, value: rx.Var[bool], hint: str = "", *, tries: bool = False) -> rx.Component:
    more: dict[str, Any] = {"on_change": lambda on: State.try_out(name, rx.cond(on, "true", "false"))} if tries else {}
    return rx.el.label(
        checkbox(label, id=name, name=name, default_checked=value, class_name="mt-[2px]", **more),
        rx.el.span(label, rx.el.small(hint, class_name="block text-xs text-ink-3") if hint else rx.fragment()),
        class_name="flex items-start gap-[11px]",
    )


def _select(name: str, label: str, value: rx.Var[str], options: list[tuple[str, str]]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-sm font-medium"),
        rx.el.select(
            *[rx.el.option(text, value=option) for option, text in options],
            id=name,
            name=name,
            value=value,
            on_change=lambda chosen: State.try_out(name, chosen),
            class_name=INPUT,
        ),
        class_name="grid gap-[6px]",
    )


def _address() -> rx.Component:
    settings = get_settings()
    return rx.el.div(
        rx.el.div(
            rx.el.p(State.email, class_name="break-words"),
            rx.cond(
                State.is_confirmed,
                chip("confirmed", tone="good"),
                chip("not confirmed yet", tone="warn"),
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.cond(
            ~State.is_confirmed,
            rx.el.div(button("Send me the link", on_click=State.confirm)),
        ),
        _other_address(),
        rx.fragment()
        if settings.is_production or settings.has_email
        else notice(
            rx.fragment(
                "Mail is not set up here, so that everything goes to the ",
                NativeLink.create(
                    "sandbox's mailbox",
                    href=f"{settings.sandbox_url}/mail",
                    target="_blank",
                    rel="noopener",
                    class_name="underline",
                ),
                ".",
            ),
            icon_name="inbox",
        ),
        class_name="grid gap-3 p-4 md:p-5",
    )


def _other_address() -> rx.Component:
    """Moving to another address takes the password, and a link that only who reads that address can open."""
    return rx.el.details(
        rx.el.summary("Use another address", class_name="text-sm text-accent-text w-fit"),
        rx.el.form(
            rx.cond(State.address_error != "", problem(State.address_error)),
            field("New address", "email", type="email", auto_complete="email", required=True, max_length=254),
            field("Your password", "password", type="password", auto_complete="current-password", required=True),
            rx.el.div(button("Send the link", type="submit"), class_name="flex justify-end"),
            on_submit=State.change_address,
            reset_on_submit=False,
            class_name="grid gap-4 pt-3",
        ),
    )
