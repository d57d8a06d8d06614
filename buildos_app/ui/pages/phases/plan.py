"""The dialog in which a plan is asked for."""

from typing import Any

import reflex as rx

from buildos_app.models.phase import SchedulingMethod
from buildos_app.models.project import TaskStatus
from buildos_app.phases.options import LONGEST_INSTRUCTIONS, CalendarHandling
from buildos_app.ui.components.dialog import form_dialog
from buildos_app.ui.components.fields import checkbox, field, text_area
from buildos_app.ui.components.surfaces import chip, notice
from buildos_app.ui.pages.phases.plan_state import PlanState as State

METHODS = (
    (SchedulingMethod.PHASES_ONLY, "Phases only", "Tasks are put into phases and get no dates of their own."),
    (SchedulingMethod.SCHEDULE_IN_PHASES, "Schedule in phases", "Each task gets a start, in your working hours."),
    (SchedulingMethod.CALENDAR_OPTIMIZED, "Around your calendar", "Each task gets a start where you have time."),
)
HANDLINGS = (
    (CalendarHandling.UPDATE, "Move what does not fit", "Their events move with them; what fits stays."),
    (CalendarHandling.CLEAR, "Find every time anew", "Also starts that would fit are given up; events follow."),
    (CalendarHandling.PRESERVE, "Leave them where they are", "What has an event keeps its start."),
)
NO_CALENDAR = "Needs a connected calendar, and there is none yet."
STATUSES = (
    (TaskStatus.BACKLOG, "To do"),
    (TaskStatus.IN_PROGRESS, "In progress"),
    (TaskStatus.BLOCKED, "Blocked"),
    (TaskStatus.DONE, "Done"),
)


def plan_dialog() -> rx.Component:
    """The dialog, while it is open."""
    return rx.cond(
        State.is_open,
        form_dialog(
            "plan-phases",
            rx.cond(State.has_phases, "Plan the phases anew", "Plan phases"),
            _history(),
            _group("How far the plan goes", *[_method(*each) for each in METHODS]),
            _days(),
            _tasks(),
            _calendar(),
            text_area(
                "Instructions for the planner",
                "instructions",
                placeholder="Such as: keep the last week free, paint when it is dry.",
                rows="2",
                max_length=LONGEST_INSTRUCTIONS,
            ),
            _summary(),
            on_submit=State.generate,
            on_close=State.close,
            save="Plan it",
            error=State.error,
            disabled=State.problem != "",
        ),
    )


def _group(title: str, *content: Any, **props: Any) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(title, class_name="text-sm font-medium mb-[6px]"), *content, class_name="grid gap-2", **props
    )


def _option(name: str, value: Any, label: Any, words: Any, chosen: Any, on_choose: Any, off: Any = False) -> Any:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=name,
            value=value,
            checked=chosen,
            disabled=off,
            on_change=on_choose,
            class_name="mt-[3px] accent-accent size-4 shrink-0",
        ),
        rx.el.span(
            rx.el.span(label, class_name="font-medium"),
            rx.el.small(words, class_name="block text-xs text-ink-2"),
        ),
        class_name="flex gap-3 px-3 py-2 border border-line rounded-m has-[:checked]:border-accent "
        "has-[:checked]:bg-accent-soft has-[:disabled]:border-dashed",
    )


def _method(method: SchedulingMethod, label: str, words: str) -> rx.Component:
    needs_calendar = method == SchedulingMethod.CALENDAR_OPTIMIZED
    return _option(
        "method",
        method.value,
        label,
        rx.cond(State.has_calendar, words, f"{words} {NO_CALENDAR}") if needs_calendar else words,
        State.method == method.value,
        lambda _: State.choose("method", method.value),
        ~State.has_calendar if needs_calendar else False,
    )


def _history() -> rx.Component:
    return rx.cond(
        State.has_phases,
        _group(
            "The phases that are there",
            _option(
                "history",
                "keep",
                "Keep what is over",
                "Finished phases stay, the one that runs ends yesterday, the rest is planned anew.",
                State.flags["keep_finished"],
                lambda _: State.turn("keep_finished"),
            ),
            _option(
                "history",
                "fresh",
                "Start fresh",
                "All phases are replaced, also finished ones. That cannot be undone once you accept.",
                ~State.flags["keep_finished"],
                lambda _: State.turn("keep_finished"),
            ),
        ),
    )


def _days() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            field(
                "Starts",
                "start",
                type="date",
                value=State.start,
                required=True,
                on_change=lambda day: State.choose("start", day),
            ),
            field("Ends", "end", type="date", value=State.end, on_change=lambda day: State.choose("end", day)),
            class_name="grid gap-4 grid-cols-2 [&>div]:min-w-0",
        ),
        rx.cond(
            State.dates_change,
            rx.el.p("These become the days of the project when you accept.", class_name="text-xs text-ink-3"),
        ),
        class_name="grid gap-[6px]",
    )


def _tick(label: Any, name: str, checked: Any, *right: Any) -> rx.Component:
    return rx.el.label(
        checkbox(label, checked=checked, on_change=lambda _: State.turn(name)),
        rx.el.span(label),
        *right,
        class_name="inline-flex items-center gap-2 text-sm",
    )


def _tasks() -> rx.Component:
    return _group(
        "Tasks",
        rx.el.div(
            *[
                _tick(label, status.value, State.statuses.contains(status.value), chip(_count(status.value)))
                for status, label in STATUSES
            ],
            class_name="flex flex-wrap gap-x-5 gap-y-2",
        ),
        _flag("Leave the starts of all tasks as they are", "preserve_dates"),
        _series(),
    )


def _flag(label: str, name: str) -> rx.Component:
    return _tick(label, name, State.flags[name])


def _series() -> rx.Component:
    """What becomes of tasks that repeat, where there are any."""
    found = State.preview
    return rx.cond(
        found.series_count > 0,
        rx.fragment(
            _flag("Plan repeating tasks too", "include_recurring"),
            rx.cond(
                State.flags["include_recurring"] & _gives_dates(),
                rx.el.div(
                    _flag("Let a repetition begin in its phase", "allow_recurring_reschedule"),
                    rx.cond(
                        State.has_calendar & State.flags["allow_recurring_reschedule"],
                        _flag("Keep those that are in your calendar as they are", "preserve_recurring_events"),
                    ),
                    class_name="grid gap-2 pl-6",
                ),
            ),
            _folded("Repeating tasks", found.series, found.series_count, tone="plain"),
        ),
    )


def _gives_dates() -> Any:
    return State.method != SchedulingMethod.PHASES_ONLY.value


def _calendar() -> rx.Component:
    """What becomes of tasks that have an event, where a calendar is connected."""
    return rx.cond(
        State.has_calendar,
        _group(
            "Tasks that are in your calendar",
            *[_handling(*each) for each in HANDLINGS],
        ),
    )


def _handling(value: CalendarHandling, label: str, words: str) -> rx.Component:
    option = _option(
        "calendar_handling",
        value.value,
        label,
        words,
        State.calendar_handling == value.value,
        lambda _: State.choose("calendar_handling", value.value),
    )
    return rx.cond(_gives_dates(), option) if value == CalendarHandling.CLEAR else option


def _count(status: str) -> Any:
    return State.preview.statuses[status]


def _summary() -> rx.Component:
    found = State.preview
    return rx.el.div(
        rx.cond(
            State.problem != "",
            notice(State.problem, icon_name="triangle-alert"),
            rx.el.p(found.summary, class_name="font-medium"),
        ),
        rx.cond(found.fate != "", rx.el.p(found.fate, class_name="text-sm text-ink-2")),
        rx.cond(found.left_out != "", rx.el.p(found.left_out, class_name="text-sm text-ink-2")),
        _folded("Conflicts", found.conflicts, found.conflict_count),
        _folded("Starts that would change", found.moves, found.move_count),
        role="status",
        aria_label="What this means",
        class_name="grid gap-2 px-4 py-3 rounded-m bg-sunken",
    )


def _folded(title: str, lines: Any, count: Any, tone: str = "warn") -> rx.Component:
    return rx.cond(
        count > 0,
        rx.el.details(
            rx.el.summary(title, " ", chip(count, tone=tone), class_name="text-sm cursor-pointer w-fit rounded-s"),
            rx.el.ul(
                rx.foreach(lines, lambda line: rx.el.li(line, class_name="break-words")),
                rx.cond(count > lines.length(), rx.el.li("and ", count - lines.length(), " more")),
                class_name="list-disc pl-5 pt-1 text-sm text-ink-2",
            ),
        ),
    )
