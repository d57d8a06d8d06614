"""How full the coming days are: what is planned, held against a person's working hours. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.projects.queries import TaskView

DAYS = 7


@dataclass(frozen=True)
class DayLoad:
    """One day: how many open tasks, how many minutes they take, how many of them do not say, how long one works."""

    day: date
    tasks: int
    minutes: int
    unknown: int
    capacity: int

    @property
    def percent(self) -> int:
        """How full the day is; 100 where there is work on a day off."""
        if not self.capacity:
            return 100 if self.minutes else 0
        return round(100 * self.minutes / self.capacity)


def week_load(tasks: Sequence[TaskView], zone_now: datetime, hours: WorkingHours) -> list[DayLoad]:
    """The next seven days, today first. A task counts on the day of its moment, in the zone of `zone_now`."""
    loads = []
    for ahead in range(DAYS):
        day = zone_now.date() + timedelta(days=ahead)
        here = [task for task in tasks if not task.is_done and _day(task, zone_now) == day]
        minutes = sum(task.duration_minutes or 0 for task in here)
        unknown = sum(not task.duration_minutes for task in here)
        loads.append(DayLoad(day, len(here), minutes, unknown, hours.minutes_on(day)))
    return loads


def _day(task: TaskView, zone_now: datetime) -> date | None:
    return task.moment.astimezone(zone_now.tzinfo).date() if task.moment else None
