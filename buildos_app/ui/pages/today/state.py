"""What Today shows and does."""

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import now, zone
from buildos_app.models.project import TaskStatus
from buildos_app.projects.tasks import toggle_task
from buildos_app.projects.today import TodayView, read_today
from buildos_app.ui.inbox import read_again
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.views import TaskRow, duration_words


class TodayState(SessionState):
    """Three lists in the person's own zone."""

    loaded: bool = False
    error: str = ""
    is_new: bool = False
    greeting: str = "Today"
    summary: str = ""
    today_load: str = ""
    past_due: list[TaskRow] = []
    today: list[TaskRow] = []
    upcoming: list[TaskRow] = []
    _timezone: str = "UTC"

    @rx.event
    async def load(self):
        """Read the three lists again."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
            view = await read_today(session, profile.timezone, now())
        local = now().astimezone(zone(profile.timezone))
        self.greeting = f"{_part_of_day(local.hour)}, {profile.name}"
        self._timezone = profile.timezone
        self._show(view, profile.timezone)
        self.summary = f"{local:%A} {local.day} {local:%B} · {_counts(view)}"
        self.loaded, self.error = True, ""

    def _show(self, view: TodayView, timezone: str) -> None:
        self.is_new = view.is_new
        self.past_due = [task_row_of(task, timezone) for task in view.past_due]
        self.today = [task_row_of(task, timezone) for task in view.today]
        self.upcoming = [task_row_of(task, timezone) for task in view.upcoming]
        minutes = sum(task.duration_minutes or 0 for task in view.today if task.status != TaskStatus.DONE)
        self.today_load = duration_words(minutes) if minutes else ""

    @rx.event
    async def toggle(self, task_id: str):
        """Complete an open task, reopen a done one."""
        async with self._db() as session:
            task = await toggle_task(session, parse_id(task_id))
        row = task_row_of(task, self._timezone)
        self.past_due, self.today = replaced(self.past_due, row), replaced(self.today, row)
        self.upcoming = replaced(self.upcoming, row)


read_again("/", TodayState.load)


def _part_of_day(hour: int) -> str:
    if 4 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def _counts(view: TodayView) -> str:
    if view.is_new:
        return "nothing planned yet"
    open_today = sum(task.status != TaskStatus.DONE for task in view.today)
    words = [f"{open_today} for today" if open_today else "nothing for today"]
    if view.past_due:
        words.insert(0, f"{len(view.past_due)} past due")
    return " · ".join(words)
