"""The page of one brief."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import STYLES, button, icon, link_button
from buildos_app.ui.components.dialog import dialog
from buildos_app.ui.components.fields import NativeLink, checkbox
from buildos_app.ui.components.surfaces import (
    card,
    card_header,
    chip,
    empty,
    notice,
    problem,
    row,
    skeleton_rows,
    toned_chip,
    why,
)
from buildos_app.ui.layout import shell
from buildos_app.ui.pages.briefs.brief_state import BriefState as State
from buildos_app.ui.pages.briefs.parts import part
from buildos_app.ui.pages.briefs.writing import running

COLUMN = "grid gap-5 max-w-[760px]"


def brief() -> rx.Component:
    """A day's brief."""
    return shell(
        rx.cond(State.has_content, State.brief.title, rx.cond(State.missing != "", "Not found", "Your brief")),
        rx.cond(
            State.loaded,
            rx.cond(State.missing != "", _missing(), rx.el.div(_status(), _content(), class_name=COLUMN)),
            card(skeleton_rows(6), class_name="max-w-[760px]"),
        ),
        crumb=rx.el.p(
            rx.el.a("Briefs", href=routes.BRIEFS, class_name="hover:underline"),
            rx.el.span(" / ", aria_hidden="true"),
            rx.cond(State.day != "", f"{State.day} · {State.place}", ""),
            class_name="text-sm text-ink-3 mb-1",
        ),
        actions=_actions(),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        _step("chevron-left", "The brief before", State.before_href, "["),
        _step("chevron-right", "The brief after", State.after_href, "]"),
        rx.cond(~State.is_today & (State.today_href != ""), link_button("Today", href=State.today_href)),
        rx.cond(
            State.has_content,
            rx.fragment(
                _menu(),
                _confirm_deletion(),
                rx.cond(
                    State.is_today,
                    rx.fragment(
                        button(
                            "Regenerate",
                            disabled=State.writing.state == "running",
                            custom_attrs={"data-opens": "regenerate"},
                        ),
                        _confirm(),
                    ),
                ),
            ),
        ),
    )


def _step(icon_name: str, label: str, href: rx.Var[str], hotkey: str) -> rx.Component:
    look = "inline-flex items-center justify-center size-[34px] rounded-s text-ink-2 hover:bg-hover hover:text-ink"
    return rx.cond(
        href != "",
        rx.el.a(
            icon(icon_name),
            href=href,
            aria_label=label,
            title=label,
            custom_attrs={"data-hotkey": hotkey},
            class_name=look,
        ),
        rx.el.span(icon(icon_name), aria_hidden="true", class_name=look + " opacity-40 pointer-events-none"),
    )


def _menu() -> rx.Component:
    item = "flex items-center gap-2 w-full h-8 px-2 rounded-s text-sm text-ink-2 hover:bg-hover hover:text-ink"
    return rx.el.details(
        rx.el.summary("More", class_name=STYLES["plain"] + " list-none [&::-webkit-details-marker]:hidden"),
        rx.el.div(
            rx.el.button(icon("mail"), "Send to me now", type="button", on_click=State.send, class_name=item),
            rx.el.button(
                icon("copy"),
                "Copy as Markdown",
                type="button",
                custom_attrs={"data-copies": "brief-markdown"},
                class_name=item,
            ),
            NativeLink.create(icon("download"), "Download", href=State.download_href, class_name=item),
            rx.el.button(
                icon("trash-2"),
                "Delete",
                type="button",
                custom_attrs={"data-opens": "delete-brief"},
                class_name=item,
            ),
            class_name="absolute right-0 top-full mt-1 w-[190px] p-1 bg-surface border border-line rounded-m "
            "shadow-float z-20",
        ),
        rx.el.textarea(
            value=State.markdown, id="brief-markdown", read_only=True, hidden=True, aria_label="The brief as Markdown"
        ),
        class_name="relative",
    )


def _confirm_deletion() -> rx.Component:
    return dialog(
        "delete-brief",
        "Delete this brief?",
        rx.el.p("What it says is gone for good. Your tasks stay as they are.", class_name="text-ink-2 mb-4"),
        rx.el.div(
            button("Keep it", look="quiet", custom_attrs={"data-closes": "true"}),
            button("Delete the brief", look="danger", on_click=State.delete, custom_attrs={"data-closes": "true"}),
            class_name="flex justify-end gap-2",
        ),
    )


def _confirm() -> rx.Component:
    return dialog(
        "regenerate",
        "Write this brief again?",
        rx.el.p(
            "It is written from your tasks as they are now. What you read here stays until the new one is whole.",
            class_name="text-ink-2 mb-4",
        ),
        rx.el.div(
            button("Keep this one", look="quiet", custom_attrs={"data-closes": "true"}),
            button("Write again", look="primary", on_click=State.generate, custom_attrs={"data-closes": "true"}),
            class_name="flex justify-end gap-2",
        ),
    )


def _status() -> rx.Component:
    """What happens to the brief right now, if anything does."""
    return rx.fragment(
        rx.match(
            State.writing.state,
            ("running", running(State.writing, State.cancel)),
            ("failed", _failed()),
            ("cancelled", _none("You stopped this brief", "Have it written when you like.")),
            (
                "waiting",
                _none(
                    "Your brief is planned",
                    f"It comes at {State.writing.planned}. You can have it now as well.",
                    button("Skip this one", look="quiet", on_click=State.cancel),
                ),
            ),
            ("none", _none("There is no brief of this day", "It takes a few seconds to write one.")),
            rx.fragment(),
        ),
        rx.cond(
            State.last_try != "",
            problem(
                rx.fragment("Writing it again did not work, so this is the older one. ", State.last_try),
                rx.cond(State.is_today, button("Try again", on_click=State.generate)),
            ),
        ),
    )


def _failed() -> rx.Component:
    return card(
        empty(
            "This brief could not be written",
            State.writing.error,
            rx.cond(State.is_today, button("Try again", look="primary", on_click=State.generate)),
            icon_name="circle-alert",
        ),
        role="alert",
    )


def _none(title: str, what: Any, *more: rx.Component) -> rx.Component:
    return card(
        empty(
            title,
            rx.cond(State.is_today, what, "Briefs are written on their own day only, from the tasks of that day."),
            rx.cond(
                State.is_today,
                rx.el.span(
                    button("Write today's brief", look="primary", on_click=State.generate),
                    *more,
                    class_name="inline-flex flex-wrap justify-center gap-2",
                ),
                link_button("All briefs", href=routes.BRIEFS),
            ),
            icon_name="newspaper",
        )
    )


def _content() -> rx.Component:
    return rx.cond(
        State.has_content,
        rx.fragment(
            rx.el.div(
                rx.cond(State.brief.notable != "", rx.el.p(State.brief.notable, class_name="text-sm text-ink-3 mb-1")),
                rx.el.p(State.brief.summary, class_name="text-lg leading-[1.7] max-w-[68ch] break-words mb-3"),
                rx.el.p(
                    rx.cond(State.brief.checked != "", chip(State.brief.checked, tone="good")),
                    rx.cond(State.brief.yesterday != "", chip(State.brief.yesterday)),
                    rx.cond(State.brief.replaced != "", chip(State.brief.replaced, tone="warn")),
                    rx.cond(State.mail != "", toned_chip(State.mail, State.mail_tone)),
                    class_name="flex flex-wrap gap-2 [&>span]:h-auto [&>span]:min-h-[21px] [&>span]:whitespace-normal",
                ),
            ),
            rx.cond(State.brief.note != "", notice(State.brief.note)),
            rx.cond(State.brief.ranked.length() > 0, _ranked()),
            rx.foreach(State.brief.parts, part),
        ),
    )


def _ranked() -> rx.Component:
    return card(
        card_header("In this order, because"),
        rx.el.ol(rx.foreach(State.brief.ranked, _ranked_row), custom_attrs={"data-rows": "true"}),
    )


def _ranked_row(task: rx.Var[Any]) -> rx.Component:
    return row(
        rx.el.span(
            rx.el.b(task.number, class_name="text-accent-text w-[18px] tabular-nums"),
            checkbox(
                f"Done: {task.title}",
                checked=task.done,
                disabled=task.gone,
                on_change=lambda _: State.toggle(task.id),
                custom_attrs={"data-row-key": "x"},
            ),
            class_name="flex items-center gap-[11px] self-start mt-[3px]",
        ),
        rx.el.a(
            task.title,
            href=task.href,
            class_name=rx.cond(
                task.done, "text-ink-3 line-through break-words", "break-words hover:underline underline-offset-2"
            ),
        ),
        why(task.why, rx.cond(task.gone, " · deleted since", "")),
        rx.cond(task.project != "", chip(task.project)),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="focus:bg-accent-soft outline-none",
    )


def _missing() -> rx.Component:
    return card(
        empty(
            "There is no such brief",
            State.missing,
            link_button("All briefs", href=routes.BRIEFS),
            icon_name="search-x",
        )
    )
