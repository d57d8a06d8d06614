"""A week or a day of tasks and events: look, move, find a time."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import reflex as rx

from buildos_app.calendar.agenda import Agenda, move_task, read_agenda, suggest, taken_of
from buildos_app.calendar.slots import clashes
from buildos_app.errors import InvalidInput
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.clashes import DEFAULT_MINUTES
from buildos_app.projects.instances import moment_on, person_now
from buildos_app.projects.queries import get_task
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.calendar.layout import HOUR_PIXELS, Span, first_day, hours_of, lanes, span_on
from buildos_app.ui.session import SessionState, parse_day
from buildos_app.ui.task_views import parse_row

FARTHEST = timedelta(days=366 * 5)


@dataclass(frozen=True)
class Block:
    """A task or an event on a day. Sizes are CSS values; a short one has room for one line, `tip` says all of it."""

    id: str
    title: str
    words: str
    is_task: bool
    done: bool
    href: str
    clash: str
    start: int = 0
    top: str = ""
    height: str = ""
    left: str = ""
    width: str = ""
    short: bool = False
    tip: str = ""


@dataclass(frozen=True)
class DayColumn:
    """One day."""

    day: str
    label: str
    is_today: bool
    all_day: list[Block]
    blocks: list[Block]


@dataclass(frozen=True)
class Suggestion:
    """A free time for the chosen task."""

    start: str
    words: str
    reason: str


@dataclass(frozen=True)
class Unplanned:
    """A task without a time."""

    id: str
    title: str
    why: str


class CalendarState(SessionState):
    """`first` is the first day in sight; empty until it was read."""

    loaded: bool = False
    view: str = "week"
    first: str = ""
    title: str = ""
    status: str = "none"
    days: list[DayColumn] = []
    hours: list[str] = []
    first_hour: int = 6
    grid_height: str = ""
    unplanned: list[Unplanned] = []
    chosen: str = ""
    chosen_title: str = ""
    suggestions: list[Suggestion] = []
    refusals: list[Suggestion] = []
    said: str = ""

    @rx.event
    async def load(self):
        """Read the days in sight."""
        await self._read()

    async def _read(self) -> None:
        async with self._db() as session:
            today = (await person_now(session)).date()
            day = first_day(_day(self.first) or today, self.view)
            agenda = await read_agenda(session, self._user_id, day, 7 if self.view == "week" else 1)
        self._show(agenda, day)

    @rx.event
    async def go(self, step: int):
        """Earlier, later, or today (0)."""
        day = _day(self.first)
        if step == 0 or day is None:
            self.first = ""
        else:
            days = (7 if self.view == "week" else 1) * max(-1, min(1, step))
            there = day + timedelta(days=days)
            if abs(there - date.today()) < FARTHEST:  # noqa: DTZ011 - only a bound
                self.first = there.isoformat()
        await self._read()

    @rx.event
    async def show(self, view: str):
        """A week or a day."""
        if view in ("week", "day"):
            self.first = next((day.day for day in self.days if day.is_today), self.first)
            self.view = view
        await self._read()

    @rx.event
    async def move(self, form: dict[str, Any]):
        """A block was dragged, or moved by keys: {task, day, minutes from midnight}."""
        task_id, on = parse_row(form.get("task"))
        day, minutes = _day(str(form.get("day", ""))), str(form.get("minutes", ""))
        if day is None or not re.fullmatch("[0-9]{1,4}", minutes) or int(minutes) >= 24 * 60:
            raise InvalidInput("That is no time. Drop it on a day.")
        async with self._db() as session:
            start = at_local(day, time(int(minutes) // 60, int(minutes) % 60), await person_now(session))
            await move_task(session, task_id, on, start)
        self.said = f"Moved to {start:%A %H:%M}"
        await self._read()

    @rx.event
    async def nudge(self, row: str, minutes: int):
        """Earlier or later, without a mouse."""
        task_id, on = parse_row(row)
        async with self._db() as session:
            task, zone_now = await get_task(session, task_id), await person_now(session)
            if task.start_date is None:
                raise InvalidInput("This task has no time yet. Find one for it below.")
            start = moment_on(task, on, zone_now) if on else task.start_date.astimezone(zone_now.tzinfo)
            there = start + timedelta(minutes=max(-1440, min(1440, minutes)))
            await move_task(session, task_id, on, there)
        self.said = f"Moved to {there:%A %H:%M}"
        await self._read()

    @rx.event
    async def find(self, task_id: str):
        """Look for free times for a task."""
        async with self._db() as session:
            task, slots, refusals = await suggest(session, self._user_id, parse_row(task_id)[0])
        self.chosen, self.chosen_title = str(task.id), task.title
        self.suggestions = [
            Suggestion(each.start.isoformat(), f"{each.start:%a %-d %b, %H:%M} – {each.end:%H:%M}", each.reason)
            for each in slots
        ]
        self.refusals = [Suggestion("", f"{each.day:%A}", each.reason) for each in refusals]

    @rx.event
    async def take(self, start: str):
        """Plan the chosen task for a suggestion."""
        try:
            moment = datetime.fromisoformat(start)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise InvalidInput("That is no time. Choose one of the list.")
        async with self._db() as session:
            await move_task(session, parse_row(self.chosen)[0], None, moment)
        self.chosen, self.suggestions, self.refusals = "", [], []
        await say(self, f"Planned for {moment:%A %H:%M}")
        await self._read()

    @rx.event
    async def stop_looking(self):
        """Close the suggestions."""
        self.chosen, self.suggestions, self.refusals = "", [], []

    def _show(self, agenda: Agenda, first: date) -> None:
        days = [first + timedelta(days=number) for number in range(7 if self.view == "week" else 1)]
        placed = {day: _placed(agenda, day) for day in days}
        from_hour, to_hour = hours_of([span for items in placed.values() for span, _ in items])
        self.days = [_column(agenda, day, placed[day], from_hour) for day in days]
        self.first_hour = from_hour
        self.hours = [f"{hour:02}:00" for hour in range(from_hour, to_hour)]
        self.grid_height = f"{(to_hour - from_hour) * HOUR_PIXELS}px"
        self.first = first.isoformat()
        self.title = f"{first:%-d %B %Y}" if self.view == "day" else f"{first:%-d %b} to {days[-1]:%-d %b %Y}"
        self.status = agenda.status
        self.unplanned = [Unplanned(str(each.id), each.title, each.project_name or "") for each in agenda.unplanned]
        self.loaded = True


def _placed(agenda: Agenda, day: date) -> list[tuple[Span, Block]]:
    """The blocks with a time on a day, in their order."""
    zone, taken = agenda.now.tzinfo, taken_of(agenda)
    found: list[tuple[Span, Block]] = []
    for task in agenda.tasks:
        if task.start_date is None or not _has_hours(task):
            continue
        start = task.start_date.astimezone(zone)
        end = start + timedelta(minutes=task.duration_minutes or DEFAULT_MINUTES)
        if start.date() <= day <= (end - timedelta(seconds=1)).date():
            others = [] if task.is_done else clashes(start, end, taken, task.id)
            row = f"{task.id}@{task.instance_date}" if task.instance_date else str(task.id)
            clash = f"clashes with {others[0]}" if others else ""
            href = routes.task(task.id, task.instance_date)
            words = f"{start:%H:%M} – {end:%H:%M}"
            found.append((span_on(day, start, end), Block(row, task.title, words, True, task.is_done, href, clash)))
    for event in agenda.events:
        start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
        if not event.is_all_day and start.date() <= day <= (end - timedelta(seconds=1)).date():
            words = f"{start:%H:%M} – {end:%H:%M} · {event.calendar_name}"
            found.append(
                (span_on(day, start, end), Block(str(event.id), event.title, words, False, False, event.href, ""))
            )
    return sorted(found, key=lambda item: (item[0].start, item[1].id))


def _column(agenda: Agenda, day: date, placed: list[tuple[Span, Block]], from_hour: int) -> DayColumn:
    blocks = []
    for (span, block), (lane, of) in zip(placed, lanes([span for span, _ in placed]), strict=True):
        height = max((span.end - span.start) * HOUR_PIXELS / 60, 20)
        short = height < HOUR_PIXELS * 0.75
        blocks.append(
            replace(
                block,
                start=span.start,
                top=f"{(span.start - from_hour * 60) * HOUR_PIXELS / 60:.0f}px",
                height=f"{height - 2:.0f}px",
                left=f"{lane * 100 / of:.2f}%",
                width=f"calc({100 / of:.2f}% - 3px)",
                short=short,
                words=block.words[:5] if short else block.words,
                tip=", ".join(filter(None, [block.title, block.words, block.clash])),
            )
        )
    return DayColumn(
        day=day.isoformat(),
        label=f"{day:%a %-d}",
        is_today=day == agenda.now.date(),
        all_day=_all_day(agenda, day),
        blocks=blocks,
    )


def _all_day(agenda: Agenda, day: date) -> list[Block]:
    zone = agenda.now.tzinfo
    found = []
    for task in agenda.tasks:
        if task.start_date is not None and not _has_hours(task) and task.start_date.astimezone(zone).date() == day:
            row = f"{task.id}@{task.instance_date}" if task.instance_date else str(task.id)
            href = routes.task(task.id, task.instance_date)
            found.append(Block(row, task.title, "all day", True, task.is_done, href, ""))
    for event in agenda.events:
        if event.is_all_day and event.starts_at.astimezone(zone).date() <= day < event.ends_at.astimezone(zone).date():
            found.append(Block(str(event.id), event.title, event.calendar_name, False, False, event.href, ""))
    return found


def _has_hours(task: Any) -> bool:
    return bool(task.start_has_time or (task.duration_minutes or 0) % 1440)


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except InvalidInput:
        return None


read_again("/calendar", CalendarState.load)
