"""Which briefs are due: pure decisions about schedules, zones and engagement (behaviour.md 3.1 to 3.3)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from buildos_app.clock import zone

AHEAD = timedelta(hours=1)
"""How far one tick looks ahead: to the next one, its own moment included."""
LEAD = timedelta(minutes=3)
"""A brief is written so long before its time, and told at its time."""
NEVER = 999
"""Days since the last brief where there was none."""

DEFAULT_TIME = time(9)
_MONDAY = 1


class Frequency(StrEnum):
    """How often a person wants a brief."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Schedule:
    """When a person wants briefs: `time_of_day` by the clocks of `timezone`; 0 of `day_of_week` is Sunday."""

    timezone: str = "UTC"
    frequency: str = Frequency.DAILY
    day_of_week: int | None = None
    time_of_day: time = DEFAULT_TIME


@dataclass(frozen=True)
class Run:
    """One planned brief: for which day of the person, and at which moment (UTC)."""

    brief_date: date
    planned_for: datetime


@dataclass(frozen=True)
class Engagement:
    """May a brief go out, is it one that calls somebody back, and why."""

    should_send: bool
    is_reengagement: bool
    days_away: int
    reason: str


def parse_time(text: str | None) -> time | None:
    """ "HH:MM" or "HH:MM:SS" as a time; nothing means 09:00, and what is no time is None."""
    if text is None:
        return DEFAULT_TIME
    parts = text.strip().split(":")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
        return None
    try:
        hour, minute, second = map(int, [*parts, "0"][:3])
        return time(hour, minute, second)
    except ValueError:
        return None


def planned_on(schedule: Schedule, day: date) -> Run | None:
    """The run of a calendar day, or None when that day has none.

    A time that the clocks skip moves forward by the gap, or to the end of its day where the gap ends the day; one that
    comes twice means the first. A day that a zone skipped altogether has no brief.
    """
    if schedule.frequency == Frequency.WEEKLY and not _is_weekday(schedule, day):
        return None
    here = zone(schedule.timezone)
    moment = datetime.combine(day, schedule.time_of_day.replace(microsecond=0), here).astimezone(UTC)
    if moment.astimezone(here).date() != day:
        moment = datetime.combine(day + timedelta(days=1), time(), here).astimezone(UTC) - timedelta(seconds=1)
    return Run(day, moment) if moment.astimezone(here).date() == day else None


def next_run(schedule: Schedule, now: datetime) -> Run | None:
    """The first run that is strictly later than `now`; None for a frequency that nobody knows."""
    if schedule.frequency not in tuple(Frequency):
        return None
    today = now.astimezone(zone(schedule.timezone)).date()
    runs = (planned_on(schedule, today + timedelta(days=ahead)) for ahead in range(-1, 16))
    return next((run for run in runs if run is not None and run.planned_for > now), None)


def due_runs(schedule: Schedule, now: datetime) -> list[Run]:
    """The runs that a tick at `now` has to look after, the earlier first.

    A run is due from AHEAD and LEAD before its moment until its day is over where the person is: so an outage is caught
    up with within the day, and a stale day is left alone (trap 40). Near midnight that can be today's and tomorrow's.
    """
    if schedule.frequency not in tuple(Frequency):
        return []
    horizon = now + AHEAD + LEAD
    here = zone(schedule.timezone)
    days = sorted({now.astimezone(here).date(), horizon.astimezone(here).date()})
    runs = (planned_on(schedule, day) for day in days)
    return [run for run in runs if run is not None and run.planned_for <= horizon]


def _is_weekday(schedule: Schedule, day: date) -> bool:
    wanted = _MONDAY if schedule.day_of_week is None else schedule.day_of_week
    return day.isoweekday() % 7 == wanted


def engagement(
    last_visit: datetime | None, last_brief: datetime | None, at: datetime, *, weekly: bool = False
) -> Engagement:
    """The table of behaviour.md 3.3, asked for the planned moment `at`.

    `last_brief` is when the newest whole brief was made. A weekly schedule cannot hit day 4 or day 10, so that for it
    three days to either side count as that day.
    """
    if last_visit is None:
        return Engagement(True, False, 0, "no visit is recorded")
    away = max((at - last_visit).days, 0)
    since_brief = NEVER if last_brief is None else max((at - last_brief).days, 0)
    if weekly:
        return _weekly(away, since_brief)
    if away <= 2:
        return Engagement(True, False, away, "active within 2 days")
    if away == 3:
        return Engagement(False, False, away, "cooling off")
    if away == 4:
        return _call_back(away, since_brief, 2, "4-day")
    if away <= 9:
        return Engagement(False, False, away, "first backoff")
    if away == 10:
        return _call_back(away, since_brief, 6, "10-day")
    return _late(away, since_brief)


def _weekly(away: int, since_brief: int) -> Engagement:
    """A week passes between two runs: one of them falls into 1 to 7 days away, and one into 7 to 13."""
    if away <= 2:
        return Engagement(True, False, away, "active within 2 days")
    if away <= 7:
        return _call_back(away, since_brief, 2, "4-day, weekly")
    if away <= 13:
        return _call_back(away, since_brief, 6, "10-day, weekly")
    return _late(away, since_brief)


def _late(away: int, since_brief: int) -> Engagement:
    if away <= 30:
        return Engagement(False, False, away, "second backoff")
    if since_brief >= 31:
        return Engagement(True, True, away, f"31+ days away ({away})")
    return Engagement(False, False, away, f"waiting for 31 days between briefs ({since_brief} so far)")


def _call_back(away: int, since_brief: int, least: int, name: str) -> Engagement:
    if since_brief >= least:
        return Engagement(True, True, away, f"{name} call back")
    return Engagement(False, False, away, f"{name}: the last brief is only {since_brief} days old")
