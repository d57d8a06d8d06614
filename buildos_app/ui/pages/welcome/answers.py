"""The four questions, and the box of an answer, which is saved as one types."""

from dataclasses import dataclass

import reflex as rx

from buildos_app.onboarding.answers import LONGEST_ANSWER
from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, link_button
from buildos_app.ui.components.fields import AREA
from buildos_app.ui.components.surfaces import card, card_header, problem
from buildos_app.ui.pages.welcome.findings import findings, reading
from buildos_app.ui.pages.welcome.state import WelcomeState


@dataclass(frozen=True)
class Ask:
    """A question, how to answer it, and an example."""

    name: str
    question: str
    hint: str
    example: str


QUESTIONS = (
    Ask(
        "projects",
        "What do you want to get done?",
        "The things that take more than one step, at work and at home. One on each line is easy to read.",
        "Get the garden ready before winter\nRelaunch the website in December\nMum's 70th birthday",
    ),
    Ask(
        "work_style",
        "How do you work?",
        "When you work, when you think best, what your days look like.",
        "I work 8 to 16, Monday to Thursday. Mornings are for hard things, after lunch I do small ones.",
    ),
    Ask(
        "challenges",
        "What is hard?",
        "What gets in your way, as you would tell a friend.",
        "I start too many things at once, and small tasks pile up until they are late.",
    ),
    Ask(
        "help_focus",
        "What help do you want?",
        "What would make a week feel good.",
        "Tell me each morning what comes first, and keep the plan honest.",
    ),
)


def answer_box(ask: Ask, *, rows: str, hide_label: bool = False) -> rx.Component:
    """The box, and below it whether it is saved."""
    return rx.el.div(
        rx.el.label(
            ask.question, html_for=f"answer-{ask.name}", class_name="sr-only" if hide_label else "text-sm font-medium"
        ),
        rx.el.textarea(
            id=f"answer-{ask.name}",
            name=ask.name,
            default_value=WelcomeState.answers[ask.name],
            placeholder=ask.example,
            rows=rows,
            max_length=LONGEST_ANSWER,
            on_change=lambda text: WelcomeState.keep(ask.name, text).debounce(1500),
            on_blur=lambda text: WelcomeState.keep(ask.name, text),
            class_name=AREA,
        ),
        class_name="grid gap-[6px]",
    )


def saved_words() -> rx.Component:
    """Whether the last words were saved."""
    return rx.el.span(WelcomeState.saved, role="status", class_name="text-xs text-ink-3 min-h-4")


def about_you() -> rx.Component:
    """For the profile: all four answers, to be read again after a change."""
    return rx.el.div(
        card(
            card_header("What you told BuildOS", saved_words()),
            rx.cond(
                WelcomeState.ready,
                rx.el.div(
                    *[answer_box(ask, rows="3") for ask in QUESTIONS],
                    rx.cond(WelcomeState.error != "", problem(WelcomeState.error)),
                    rx.el.div(
                        link_button("One question at a time", href=routes.WELCOME, look="quiet"),
                        button(
                            rx.cond(WelcomeState.is_finished, "Read them again", "Read my answers"),
                            on_click=WelcomeState.read,
                            disabled=WelcomeState.is_reading | WelcomeState.is_blank,
                        ),
                        class_name="flex flex-wrap justify-end gap-2",
                    ),
                    class_name="grid gap-4 p-4 md:p-5",
                ),
            ),
        ),
        reading(),
        findings(),
        class_name="grid grid-cols-1 gap-5",
    )
