"""Four short questions to a newcomer, one at a time; every one can be left empty."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.commands import Command, add_command
from buildos_app.ui.components.buttons import button, link_button
from buildos_app.ui.components.surfaces import card, problem, skeleton_rows
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.welcome.answers import QUESTIONS, Ask, answer_box, saved_words
from buildos_app.ui.pages.welcome.findings import findings, reading
from buildos_app.ui.pages.welcome.state import LAST_STEP, WelcomeState

add_command(
    Command(
        "welcome", "Tell BuildOS what you want to get done", "sprout", href=routes.WELCOME, words="onboarding questions"
    )
)


def welcome() -> rx.Component:
    """The page."""
    return shell(
        "A good start",
        rx.cond(
            WelcomeState.ready,
            rx.el.div(_flow(), reading(), findings(), class_name="grid grid-cols-1 gap-5 max-w-[760px]"),
            card(skeleton_rows(4), class_name="max-w-[760px]"),
        ),
        sub="Four short questions. Answer what you like; it is saved as you type, and you can change it later.",
    )


def _flow() -> rx.Component:
    return card(
        _dots(),
        rx.match(WelcomeState.step, *[(number, _step(ask)) for number, ask in enumerate(QUESTIONS)], rx.fragment()),
        rx.cond(WelcomeState.error != "", problem(WelcomeState.error)),
        rx.el.div(
            rx.cond(
                WelcomeState.is_finished,
                rx.fragment(),
                button("Skip for now", look="quiet", on_click=WelcomeState.skip),
            ),
            rx.el.span(saved_words(), class_name="mr-auto"),
            rx.cond(WelcomeState.step > 0, button("Back", on_click=WelcomeState.go(WelcomeState.step - 1))),
            rx.cond(
                WelcomeState.step < LAST_STEP,
                button("Next", look="primary", on_click=WelcomeState.go(WelcomeState.step + 1)),
                button(
                    "Read my answers",
                    look="primary",
                    on_click=WelcomeState.read,
                    disabled=WelcomeState.is_reading | WelcomeState.is_blank,
                ),
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        class_name="grid grid-cols-1 gap-4 p-5",
    )


def _dots() -> rx.Component:
    return rx.el.ol(*[_dot(number, ask) for number, ask in enumerate(QUESTIONS)], class_name="flex gap-2")


def _dot(number: int, ask: Ask) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(f"{number + 1}. {ask.question}", class_name="sr-only"),
            rx.el.span(
                class_name=rx.cond(
                    WelcomeState.step == number,
                    "block h-[6px] rounded-full bg-accent",
                    rx.cond(
                        WelcomeState.answers[ask.name] != "",
                        "block h-[6px] rounded-full bg-good",
                        "block h-[6px] rounded-full bg-line-strong",
                    ),
                )
            ),
            type="button",
            on_click=WelcomeState.go(number),
            aria_current=rx.cond(WelcomeState.step == number, "step", "false"),
            class_name="block w-full py-[10px] rounded-s",
        ),
        class_name="flex-1",
    )


def _step(ask: Ask) -> rx.Component:
    return rx.el.div(
        rx.el.h2(ask.question, class_name="text-lg font-semibold"),
        rx.el.p(ask.hint, class_name="text-ink-2"),
        answer_box(ask, rows="5", hide_label=True),
        key=ask.name,
        class_name="grid grid-cols-1 gap-2",
    )


def invitation() -> rx.Component:
    """For Today, until the questions were answered or skipped."""
    return rx.cond(
        WelcomeState.is_invited,
        card(
            rx.el.div(
                rx.el.h2("Tell BuildOS what you want to get done", class_name="font-semibold"),
                rx.el.p(
                    "Four short questions. From the answers it suggests projects, and asks what it needs to know.",
                    class_name="text-sm text-ink-2",
                ),
                class_name="flex-1 min-w-0",
            ),
            _buttons(
                button("Not now", look="quiet", on_click=WelcomeState.skip),
                link_button("Answer the questions", href=routes.WELCOME),
            ),
            class_name="flex flex-wrap items-center gap-3 px-4 py-3 mb-5",
        ),
    )


def _buttons(*buttons: Any) -> rx.Component:
    return rx.el.div(*buttons, class_name="flex flex-wrap gap-2")
