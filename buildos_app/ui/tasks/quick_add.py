"""Quick add (n): one line becomes a task, and chips show while one types what was understood of it."""

import reflex as rx

from buildos_app.ui.commands import Command, add_command, add_keys
from buildos_app.ui.components.buttons import button, icon, key
from buildos_app.ui.components.dialog import dialog
from buildos_app.ui.components.fields import INPUT
from buildos_app.ui.components.surfaces import chips
from buildos_app.ui.tasks.quick_add_state import QuickAddState

NAME = "quick-add"
EXAMPLE = "call Ana tomorrow 15:00 30m !high #garden every Monday"


add_command(Command("add-task", "Add a task", "plus", opens=NAME, keys="N", words="new quick task"))
add_keys("↵", "Open the row")
add_keys("S", "Skip the row's date of a repetition")


def quick_add() -> rx.Component:
    """The dialog; it opens by its key, from the command bar, or by any element with `data-opens`."""
    return rx.fragment(
        dialog(
            NAME,
            "Add a task",
            rx.el.form(
                rx.el.label("What is to be done, and when", html_for="quick-line", class_name="sr-only"),
                rx.el.input(
                    id="quick-line",
                    name="line",
                    placeholder=EXAMPLE,
                    auto_complete="off",
                    max_length=500,
                    default_value=QuickAddState.refused,
                    key=QuickAddState.tries.to_string(),
                    auto_focus=True,
                    on_change=QuickAddState.read.debounce(120),
                    aria_describedby="quick-understood",
                    custom_attrs={"data-focus": "true"},
                    class_name=INPUT,
                ),
                _understood(),
                rx.el.div(
                    rx.el.p(
                        "Dates, times, durations, !priority, #project and “every …” are understood. "
                        "The rest is the title.",
                        class_name="text-xs text-ink-3 flex-1",
                    ),
                    button("Add task", key("↵"), type="submit", look="primary"),
                    class_name="flex flex-wrap items-center justify-end gap-3",
                ),
                on_submit=QuickAddState.add,
                reset_on_submit=True,
                class_name="grid gap-3",
            ),
        ),
    )


def _understood() -> rx.Component:
    return rx.el.div(
        rx.match(
            QuickAddState.view,
            (
                "reading",
                rx.el.div(
                    rx.cond(
                        QuickAddState.title != "",
                        rx.el.b(QuickAddState.title, class_name="font-[560] break-words"),
                        rx.el.span("What is to be done?", class_name="text-ink-3"),
                    ),
                    rx.el.div(chips(QuickAddState.chips), class_name="[&>span]:justify-start"),
                    class_name="grid gap-2",
                ),
            ),
            ("problem", rx.el.p(QuickAddState.note, class_name="text-bad")),
            (
                "added",
                rx.el.p(icon("check"), QuickAddState.note, class_name="flex items-center gap-2 text-good"),
            ),
            rx.el.p("Chips will show here what was understood.", class_name="text-ink-3"),
        ),
        id="quick-understood",
        role="status",
        class_name="min-h-[54px] text-sm",
    )
