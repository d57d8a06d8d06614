"""What a brief says about a project, in a brief and in the project's own tab."""

from typing import Any

import reflex as rx


def part(item: rx.Var[Any]) -> rx.Component:
    """A project's part of a brief."""
    return rx.el.section(
        rx.el.h2(
            rx.cond(
                item.href != "",
                rx.el.a(item.name, href=item.href, class_name="hover:underline underline-offset-2"),
                item.name,
            ),
            class_name="text-base font-semibold break-words",
        ),
        part_body(item),
    )


def part_body(item: rx.Var[Any]) -> rx.Component:
    """Where a project stands, and its lists."""
    return rx.fragment(
        rx.cond(item.standing != "", rx.el.p(item.standing, class_name="text-ink-2 mt-1 break-words")),
        rx.foreach(item.lists, _part_list),
        rx.cond(
            item.notes.length() > 0,
            rx.el.div(
                rx.el.h3("New notes", class_name="text-sm font-medium text-ink-2 mt-3"),
                rx.el.ul(
                    rx.foreach(item.notes, lambda note: rx.el.li(note, class_name="break-words")),
                    class_name="list-disc pl-5",
                ),
            ),
        ),
        rx.cond(item.quiet, rx.el.p("Nothing moves here right now.", class_name="text-sm text-ink-3 mt-1")),
    )


def _part_list(found: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(
            found.title,
            class_name=rx.cond(
                found.tone == "bad", "text-sm font-medium text-bad mt-3", "text-sm font-medium text-ink-2 mt-3"
            ),
        ),
        rx.el.ul(
            rx.foreach(
                found.tasks,
                lambda task: rx.el.li(
                    rx.el.a(task.title, href=task.href, class_name="break-words hover:underline underline-offset-2"),
                    rx.cond(task.why != "", rx.el.span(" " + task.why, class_name="text-xs text-ink-3")),
                ),
            ),
            class_name="list-disc pl-5",
        ),
    )
