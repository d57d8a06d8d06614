"""The engine, its test, its costs, its limit."""

from typing import Any

import reflex as rx

from buildos_app.ui.call_views import call_entry
from buildos_app.ui.components.buttons import button
from buildos_app.ui.components.fields import field
from buildos_app.ui.components.surfaces import ROW, card, card_header, chip, empty, hint, problem, skeleton_rows, why
from buildos_app.ui.pages.settings.model.state import ModelState as State


def model() -> rx.Component:
    """Four cards: engine, costs, the latest calls, limit."""
    return rx.cond(
        State.loaded, rx.el.div(_engine(), _costs(), _latest(), _limit(), class_name="grid gap-5"), skeleton_rows(5)
    )


def _engine() -> rx.Component:
    return card(
        card_header("Engine", chip(State.engine, tone="accent")),
        rx.el.div(
            rx.el.p(
                rx.cond(
                    State.is_offline,
                    "Rules read and plan here: nothing leaves this machine and nothing costs. Whoever runs this "
                    "installation can set OPENAI_API_KEY or OPENAI_BASE_URL for a language model.",
                    "Your dumps, tasks and briefs are read and written by this model. Whoever runs this installation "
                    "chose it.",
                ),
                class_name="text-ink-2",
            ),
            rx.el.div(
                button(
                    rx.cond(State.checking, "Asking…", "Test the engine"),
                    on_click=State.check,
                    disabled=State.checking,
                ),
                rx.el.p(
                    State.check_result,
                    role="status",
                    class_name=rx.cond(State.check_failed, "text-sm text-bad", "text-sm text-good"),
                ),
                class_name="flex flex-wrap items-center gap-3",
            ),
            class_name="grid gap-4 p-4 md:p-5",
        ),
    )


def _costs() -> rx.Component:
    return card(
        card_header("This month", hint(State.calls, " · ", State.cost)),
        rx.cond(
            State.usage.length() > 0,
            rx.el.ul(rx.foreach(State.usage, _usage)),
            empty("No call yet", "What the engine does for you shows up here, with its costs.", icon_name="gauge"),
        ),
    )


def _latest() -> rx.Component:
    """What was asked last, and for which dump or brief."""
    return rx.cond(
        State.latest.length() > 0,
        card(
            card_header("Latest calls", chip(State.latest.length())),
            rx.el.ul(rx.foreach(State.latest, call_entry), custom_attrs={"data-rows": "true"}),
        ),
    )


def _usage(item: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(item.purpose), why(item.detail), class_name="flex-1 min-w-0"),
        rx.el.span(item.cost, class_name="tabular-nums text-ink-2"),
        class_name=ROW + "flex-nowrap",
    )


def _limit() -> rx.Component:
    return card(
        card_header("Daily limit", hint(State.calls_today, " of ", State.cap, " used today")),
        rx.el.form(
            rx.cond(State.error != "", problem(State.error)),
            field(
                "Calls per day",
                "cap",
                rx.el.p(
                    "At most ",
                    State.most,
                    ". Empty means that many. The day begins at 00:00 UTC. The offline engine has no limit.",
                    id="cap-rule",
                    class_name="text-xs text-ink-3",
                ),
                default_value=rx.cond(State.cap < State.most, State.cap.to_string(), ""),
                input_mode="numeric",
                auto_complete="off",
                aria_describedby="cap-rule",
            ),
            rx.el.div(button("Save limit", look="primary", type="submit"), class_name="flex justify-end"),
            on_submit=State.save_cap,
            key=State.cap.to_string(),
            class_name="grid gap-4 p-4 md:p-5",
        ),
    )
