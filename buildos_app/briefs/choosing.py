"""Changing when briefs come, and what that does to those that are planned already."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.briefs.due import Frequency, Schedule, parse_time
from buildos_app.briefs.generate import drop_planned, plan_for
from buildos_app.briefs.preferences import CHOSEN, Preferences, get_preferences, store
from buildos_app.clock import now
from buildos_app.errors import InvalidInput


async def save_preferences(
    session: AsyncSession,
    user_id: UUID,
    *,
    frequency: str,
    day_of_week: int | None,
    time_of_day: str,
    is_active: bool,
    email_daily_brief: bool,
    track_opens: bool,
) -> Preferences:
    """Store what a person chose.

    A new schedule drops what the old one had planned and not begun; what runs goes on (behaviour.md 3.9). Raises
    InvalidInput for what is no schedule.
    """
    before = await get_preferences(session, user_id)
    wanted = schedule_of(before.timezone, frequency, day_of_week, time_of_day)
    after = Preferences(
        before.timezone,
        wanted.frequency,
        wanted.day_of_week,
        wanted.time_of_day,
        is_active=is_active,
        email_daily_brief=email_daily_brief,
        track_opens=track_opens,
    )
    values = {name: getattr(after, name) for name in CHOSEN}
    moved = (before.schedule, before.is_active) != (after.schedule, after.is_active)
    if moved:
        values["scheduled_since"] = now()
    await store(session, user_id, values)
    if moved:
        await drop_planned(session)
        if after.is_active:
            await plan_for(session, user_id, after.schedule)
    return after


def schedule_of(timezone: str, frequency: str, day_of_week: int | None, time_of_day: str) -> Schedule:
    """What a person chose, as a schedule. Raises InvalidInput for what is none."""
    clock = parse_time(time_of_day)
    if clock is None:
        raise InvalidInput("Enter a time of day such as 07:30.")
    if frequency not in tuple(Frequency):
        raise InvalidInput("Choose daily or weekly.")
    if frequency == Frequency.DAILY:
        return Schedule(timezone, frequency, None, clock)
    if day_of_week is None or not 0 <= day_of_week <= 6:
        raise InvalidInput("Choose a day of the week.")
    return Schedule(timezone, frequency, day_of_week, clock)
