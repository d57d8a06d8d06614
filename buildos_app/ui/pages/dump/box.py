"""The box of a dump, on its page and above every other page."""

import reflex as rx

from buildos_app.ui.components.buttons import button, key
from buildos_app.ui.components.fields import checkbox
from buildos_app.ui.components.surfaces import card, card_header, hint, notice, problem, row
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.dump.state import CAP, NEW_PROJECT, DumpState

EXAMPLE = (
    "ok so the garden. I really need to get the raised beds built before the frost comes, and order the timber by "
    "Wednesday. Call the tree surgeon tomorrow at 3pm about the birch. Work: the launch is on 15 December…"
)

AT_ONCE = "Apply at once what is safe"


def dump_box() -> rx.Component:
    """The form: questions of earlier dumps, the box, and how it shall be read."""
    return rx.el.form(
        _questions(),
        card(
            rx.el.textarea(
                key=DumpState.draft_key,
                default_value=DumpState.draft,
                id="dump-text",
                name="content",
                aria_label="What is on your mind",
                placeholder=EXAMPLE,
                on_change=DumpState.keep_draft.debounce(2000),
                on_blur=DumpState.keep_draft,
                custom_attrs={"data-counts": "dump-count", "data-cap": str(CAP), "data-focus": "true"},
                auto_focus=True,
                class_name="block w-full min-h-[300px] p-5 bg-transparent text-lg leading-[1.65] outline-none "
                "resize-y rounded-t-l focus-visible:shadow-none",
            ),
            rx.el.div(
                _project_choice(),
                _auto_accept(),
                rx.el.span(DumpState.draft_state, role="status", class_name="text-xs text-ink-3"),
                rx.el.span(id="dump-count", class_name="text-xs text-ink-3 tabular-nums ml-auto"),
                button(
                    rx.cond(DumpState.sending, "Sending", "Process"),
                    key("Ctrl ↵"),
                    look="primary",
                    type="submit",
                    disabled=DumpState.sending,
                    custom_attrs={"data-hotkey": "mod+Enter"},
                ),
                class_name="flex flex-wrap items-center gap-3 px-4 py-3 border-t border-line",
            ),
            class_name="focus-within:border-accent",
        ),
        rx.cond(DumpState.error != "", rx.el.div(problem(DumpState.error), class_name="mt-3")),
        _engine_note(),
        on_submit=DumpState.submit,
    )


def _project_choice() -> rx.Component:
    return rx.el.label(
        rx.el.span("For", class_name="text-sm text-ink-2"),
        rx.el.select(
            rx.el.option("whatever it is about", value=""),
            rx.el.option("a new project", value=NEW_PROJECT),
            rx.foreach(DumpState.projects, lambda item: rx.el.option(item.name, value=item.id)),
            name="project_id",
            aria_label="Project of this dump",
            class_name="h-[34px] max-w-[220px] px-2 rounded-s border border-line-strong bg-surface text-sm text-ink",
        ),
        class_name="inline-flex items-center gap-2",
    )


def _auto_accept() -> rx.Component:
    return rx.el.label(
        checkbox(AT_ONCE, name="auto_accept", value="on", custom_attrs={"data-remembers": "auto-accept"}),
        rx.el.span(AT_ONCE, class_name="text-sm text-ink-2"),
        title="At most 20 proposals, no error and nothing to ask; else it waits for your review",
        class_name="inline-flex items-center gap-2 min-h-[34px]",
    )


def _questions() -> rx.Component:
    """What earlier dumps left open: the answer may stand anywhere in the text."""
    return rx.cond(
        DumpState.questions.length() > 0,
        card(
            card_header("Still open", hint("answer in your text, or skip")),
            rx.el.ul(
                rx.foreach(
                    DumpState.questions,
                    lambda item: row(
                        rx.fragment(),
                        rx.el.a(item.text, href=item.href, class_name="break-words hover:underline"),
                        rx.fragment(),
                        button("Skip", look="quiet", on_click=DumpState.skip(item.id), aria_label=f"Skip: {item.text}"),
                    ),
                )
            ),
            class_name="mb-4",
        ),
    )


def _engine_note() -> rx.Component:
    return rx.cond(
        Inbox.engine == "offline",
        rx.el.div(
            notice(
                "Read by the offline engine: rules on this machine, no model, no network. "
                "Set OPENAI_API_KEY or OPENAI_BASE_URL for a language model."
            ),
            class_name="mt-3",
        ),
    )
