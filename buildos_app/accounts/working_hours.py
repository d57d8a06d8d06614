"""When a person works: from when to when, and on which days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import InvalidInput
from buildos_app.models.user import User


@dataclass(frozen=True)
class WorkingHours:
    """A person's working day; `days` are ISO weekdays, 1 for Monday to 7 for Sunday."""

    start: time = time(9)
    end: time = time(17)
    days: tuple[int, ...] = (1, 2, 3, 4, 5)

    def minutes_on(self, day: date) -> int:
        """How long the person works on a day."""
        if day.isoweekday() not in self.days:
            return 0
        return int((_on_a_day(self.end) - _on_a_day(self.start)) / timedelta(minutes=1))

    @property
    def words(self) -> str:
        """Such as "9 to 17" or "8:30 to 16"."""
        return f"{_clock_words(self.start)} to {_clock_words(self.end)}"


async def get_working_hours(session: AsyncSession, user_id: UUID) -> WorkingHours:
    """A person's working hours, in a session of that person."""
    columns = sa.select(col(User.work_start), col(User.work_end), col(User.working_days))
    row = (await session.execute(columns.where(col(User.id) == user_id))).one()
    return WorkingHours(row.work_start, row.work_end, tuple(row.working_days))


async def set_working_hours(session: AsyncSession, user_id: UUID, hours: WorkingHours) -> None:
    """Keep a person's working hours. Raises InvalidInput when they end before they begin."""
    if hours.end <= hours.start or not set(hours.days) <= set(range(1, 8)):
        raise InvalidInput("A working day ends after it begins. Correct one of the two times.")
    values = {"work_start": hours.start, "work_end": hours.end, "working_days": sorted(set(hours.days))}
    await session.execute(sa.update(User).where(col(User.id) == user_id).values(**values))


def _on_a_day(clock: time) -> datetime:
    return datetime.combine(date.min, clock)


def _clock_words(clock: time) -> str:
    return f"{clock:%H:%M}".removeprefix("0").removesuffix(":00")
