"""What Today shows and does."""

from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.accounts.working_hours import WorkingHours, get_working_hours
from buildos_app.clock import local_now
from buildos_app.phrases.text import counted
from buildos_app.projects.queries import TaskView
from buildos_app.projects.tasks import skip, toggle_task
from buildos_app.projects.today import TodayView, read_today
from buildos_app.projects.undo import remembered
from buildos_app.projects.workload import DayLoad, week_load
from buildos_app.ui.inbox import read_again
from buildos_app.ui.session import SessionState
from buildos_app.ui.task_views import parse_row, replaced, task_row_of
from buildos_app.ui.tasks.undo import offer_undo
from buildos_app.ui.views import TaskRow, duration_words

LISTS = ("past_due", "today", "upcoming", "undated")


@dataclass(frozen=True)
class DayBar:
    """One day of the week strip."""

    name: str
    date: str
    words: str
    percent: int
    tone: str


@dataclass(frozen=True)
class Slot:
    """A task with a time in "Your day"."""

    time: str
    title: str
    detail: str
    href: str
    done: bool


class TodayState(SessionState):
    """The lists in the person's own zone, and how full the week is."""

    loaded: bool = False
    is_new: bool = False
    greeting: str = "Today"
    summary: str = ""
    today_load: str = ""
    past_due: list[TaskRow] = []
    past_due_count: int = 0
    today: list[TaskRow] = []
    upcoming: list[TaskRow] = []
    undated: list[TaskRow] = []
    week: list[DayBar] = []
    hours: str = ""
    slots: list[Slot] = []
    load_percent: int = 0
    load_words: str = ""
    _timezone: str = "UTC"

    @rx.event
    async def load(self):
        """Read the lists again."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            hours = await get_working_hours(session, self._user_id)
            zone_now = local_now(profile.timezone)
            view = await read_today(session, zone_now)
        self._timezone = profile.timezone
        self.greeting = f"{_part_of_day(zone_now.hour)}, {profile.name}"
        self._show_lists(view)
        week = week_load([*view.today, *view.upcoming], zone_now, hours)
        self._show_load(view, week, hours, zone_now)
        self.summary = f"{zone_now:%A} {zone_now.day} {zone_now:%B} · {_counts(view, week[0])}"
        self.loaded = True

    def _show_lists(self, view: TodayView) -> None:
        self.is_new = view.is_new
        self.past_due = [self._row(task, missed=view.missed.get(str(task.id), 0)) for task in view.past_due]
        self.past_due_count = view.past_due_count
        self.today = [self._row(task) for task in view.today]
        self.upcoming = [self._row(task) for task in view.upcoming]
        self.undated = [self._row(task) for task in view.without_a_date]

    def _row(self, task: TaskView, *, missed: int = 0) -> TaskRow:
        return task_row_of(task, self._timezone, missed=missed)

    def _show_load(self, view: TodayView, week: list[DayLoad], hours: WorkingHours, zone_now: datetime) -> None:
        today = week[0]
        self.hours = hours.words if today.capacity else "a day off"
        self.today_load = duration_words(today.minutes) if today.minutes else ""
        self.week = [_bar(load) for load in week]
        self.load_percent = min(today.percent, 100)
        self.load_words = _load_words(today)
        self.slots = [_slot(task, zone_now) for task in view.today if task.start_date and task.start_has_time]

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task or a date of a recurring one, reopen a done one."""
        key, day = parse_row(task_id)
        async with self._db() as session, remembered(session, [key]) as undo:
            task = await toggle_task(session, key, on=day)
        row = self._row(task)
        for name in LISTS:
            setattr(self, name, replaced(getattr(self, name), row))
        await offer_undo(self, f"“{task.title}” {'done' if task.is_done else 'open again'}", undo)

    @rx.event
    async def skip(self, task_id: str):
        """Leave out one date of a recurring task."""
        key, day = parse_row(task_id)
        if day is None:
            return None
        async with self._db() as session, remembered(session, [key]) as undo:
            task = await skip(session, key, on=day)
        await offer_undo(self, f"“{task.title}” skipped this time", undo)
        return TodayState.load


read_again("/", TodayState.load)


def _part_of_day(hour: int) -> str:
    if 4 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def _counts(view: TodayView, today: DayLoad) -> str:
    if view.is_new:
        return "nothing planned yet"
    words = [f"{today.tasks} for today" if today.tasks else "nothing for today"]
    if view.past_due_count:
        words.insert(0, f"{view.past_due_count} past due")
    if today.minutes and today.capacity:
        words.append(f"about {duration_words(today.minutes)} of {duration_words(today.capacity)} planned")
    return " · ".join(words)


def _bar(load: DayLoad) -> DayBar:
    planned = duration_words(load.minutes) if load.minutes else ""
    words = ", ".join(filter(None, [counted(load.tasks, "task") if load.tasks else "free", planned]))
    if not load.capacity and not load.tasks:
        words = "day off"
    tone = "bad" if load.percent > 100 else "warn" if load.minutes and not load.capacity else "accent"
    return DayBar(f"{load.day:%a}", str(load.day.day), words, min(load.percent, 100), tone)


def _load_words(today: DayLoad) -> str:
    unknown = f" {counted(today.unknown, 'task')} without a duration." if today.unknown else ""
    if not today.capacity:
        planned = f"{duration_words(today.minutes)} planned on a day off." if today.minutes else "A day off."
        return planned + unknown
    if not today.minutes:
        return f"Nothing of {duration_words(today.capacity)} is planned yet.{unknown}"
    left = today.capacity - today.minutes
    room = f"Room for {duration_words(left)} more." if left > 0 else "The day is full."
    if left < 0:
        room = f"That is {duration_words(-left)} more than the day has. Move something."
    return f"{duration_words(today.minutes)} of {duration_words(today.capacity)}. {room}{unknown}"


def _slot(task: TaskView, zone_now: datetime) -> Slot:
    row = task_row_of(task, str(zone_now.tzinfo))
    local = task.start_date.astimezone(zone_now.tzinfo) if task.start_date else zone_now
    detail = duration_words(task.duration_minutes) if task.duration_minutes else ""
    return Slot(f"{local:%H:%M}", task.title, detail, row.href, task.is_done)
