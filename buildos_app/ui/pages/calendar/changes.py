"""The ledger: what was changed here and in the calendar, both versions, and the other one with one click."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx

from buildos_app.calendar.ledger import ConflictView, list_conflicts, take_other
from buildos_app.clock import now
from buildos_app.projects.instances import person_now
from buildos_app.projects.recurrence import rule_words
from buildos_app.ui import routes
from buildos_app.ui.components.buttons import button, link_button
from buildos_app.ui.components.surfaces import card, card_header, chip, empty, hint, skeleton_rows
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.layout import shell
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import ago_words, duration_words

PAGE = 30


@dataclass(frozen=True)
class ConflictRow:
    """One entry."""

    id: str
    title: str
    href: str
    when: str
    ours: str
    theirs: str
    ours_holds: bool
    by_you: bool


class CalendarChangesState(SessionState):
    """A page of the ledger."""

    loaded: bool = False
    rows: list[ConflictRow] = []
    has_more: bool = False

    @rx.event
    async def load(self):
        """The latest entries."""
        self.rows, self.has_more = await self._page(None)
        self.loaded = True

    @rx.event
    async def more(self):
        """Older ones."""
        if self.rows:
            older, self.has_more = await self._page(parse_id(self.rows[-1].id))
            self.rows = self.rows + older

    @rx.event
    async def take(self, conflict_id: str):
        """Let the other version hold."""
        async with self._db() as session:
            await take_other(session, parse_id(conflict_id))
        await say(self, "The other version holds now")
        return CalendarChangesState.load

    async def _page(self, before: UUID | None) -> tuple[list[ConflictRow], bool]:
        async with self._db() as session:
            found = await list_conflicts(session, limit=PAGE + 1, before=before)
            zone_now = await person_now(session)
        zone = ZoneInfo(str(zone_now.tzinfo))
        return [_row(each, zone) for each in found[:PAGE]], len(found) > PAGE


def _row(entry: ConflictView, zone: ZoneInfo) -> ConflictRow:
    return ConflictRow(
        id=str(entry.id),
        title=entry.title,
        href=routes.task(entry.task_id) if entry.task_id else "",
        when=ago_words(entry.created_at, now()),
        ours=version_words(entry.ours, zone),
        theirs=version_words(entry.theirs, zone),
        ours_holds=entry.winner == "ours",
        by_you=entry.taken_at is not None,
    )


def version_words(content: dict[str, Any], zone: ZoneInfo) -> str:
    """A version in one line."""
    if not content:
        return "taken out of the calendar"
    start = str(content["start"])
    if "T" in start:
        moment = datetime.fromisoformat(start).astimezone(zone)
        when, day = f"{moment:%a %-d %b, %H:%M}, {duration_words(int(content['minutes']))}", moment.date()
    else:
        day = date.fromisoformat(start)
        when = f"{day:%a %-d %b}, all day"
    rule = str(content.get("rule", ""))
    try:
        repeats = f", {rule_words(rule, day)}" if rule else ""
    except (KeyError, ValueError, IndexError):
        repeats = ", repeats"
    return f"“{content['title']}”, {when}{repeats}"


def calendar_changes() -> rx.Component:
    """The page."""
    return shell(
        "Changed on both sides",
        card(
            card_header("Both versions", hint("the newer one counts until you choose")),
            rx.cond(
                CalendarChangesState.loaded,
                rx.cond(
                    CalendarChangesState.rows.length() > 0,
                    rx.el.ul(rx.foreach(CalendarChangesState.rows, _entry), custom_attrs={"data-rows": "true"}),
                    empty(
                        "Nothing was changed on both sides",
                        "When a task and its event are changed in different ways, both versions are kept here.",
                        icon_name="git-compare",
                    ),
                ),
                skeleton_rows(3),
            ),
        ),
        rx.cond(
            CalendarChangesState.has_more,
            rx.el.div(button("Show more", on_click=CalendarChangesState.more), class_name="flex justify-center mt-4"),
        ),
        sub="Both versions are kept; you choose.",
        actions=link_button("Calendar", href="/calendar"),
    )


def _entry(row: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.cond(
                row.href != "",
                rx.el.a(row.title, href=row.href, class_name="font-medium hover:underline break-words"),
                rx.el.span(row.title, class_name="font-medium break-words"),
            ),
            rx.el.span(row.when, class_name="ml-auto text-xs text-ink-3 shrink-0"),
            class_name="flex gap-3",
        ),
        _version("Here", row.ours, row.ours_holds, row),
        _version("Calendar", row.theirs, ~row.ours_holds, row),
        rx.cond(row.by_you, rx.el.small("You chose this one.", class_name="text-xs text-ink-3")),
        tab_index=-1,
        custom_attrs={"data-row": "true"},
        class_name="grid gap-2 px-4 py-3 border-b border-line last:border-0 focus:bg-accent-soft outline-none",
    )


def _version(side: str, words: Any, holds: Any, row: rx.Var[Any]) -> rx.Component:
    return rx.el.div(
        rx.el.span(side, class_name="w-[70px] shrink-0 text-xs text-ink-3"),
        rx.el.span(words, class_name="flex-1 min-w-0 break-words text-sm"),
        rx.cond(
            holds,
            chip("holds", tone="good"),
            button(
                "Take this one",
                rx.el.span(f" of {row.title}", class_name="sr-only"),
                on_click=CalendarChangesState.take(row.id),
                custom_attrs={"data-row-key": "x"},
            ),
        ),
        class_name="flex flex-wrap items-center gap-3",
    )


read_again("/calendar/changes", CalendarChangesState.load)
