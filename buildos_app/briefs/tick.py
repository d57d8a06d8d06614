"""The hourly tick: finds everybody who is due and plans their briefs, in few statements whatever their number."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.briefs.due import AHEAD, LEAD, Frequency, Run, Schedule, due_runs, engagement
from buildos_app.briefs.generate import begins_at
from buildos_app.briefs.jobs import BriefOptions, GenerateDailyBrief
from buildos_app.clock import now
from buildos_app.db.session import queue_session, service_session
from buildos_app.queue.client import add_planned_jobs, begin_tick, last_tick

logger = logging.getLogger(__name__)

TICK, EVERY = "plan_due_briefs", timedelta(hours=1)
BATCH = 5000

_SCHEDULES = sa.text(
    """
    SELECT u.timezone, coalesce(p.frequency, 'daily'), p.day_of_week, coalesce(p.time_of_day, '09:00')
    FROM users u LEFT JOIN brief_preferences p ON p.user_id = u.id
    WHERE coalesce(p.is_active, true) AND NOT u.access_restricted
    GROUP BY 1, 2, 3, 4
    """
)
_PEOPLE = sa.text(
    """
    SELECT u.id, u.last_visit, d.frequency, d.timezone, d.brief_date, d.planned_for,
        (SELECT max(b.completed_at) FROM daily_briefs b WHERE b.user_id = u.id) AS last_brief
    FROM unnest(:timezones, :frequencies, :days, :times, :dates, :moments)
        AS d (timezone, frequency, day_of_week, time_of_day, brief_date, planned_for)
    JOIN users u ON u.timezone = d.timezone
    LEFT JOIN brief_preferences p ON p.user_id = u.id
    WHERE coalesce(p.frequency, 'daily') = d.frequency AND p.day_of_week IS NOT DISTINCT FROM d.day_of_week
        AND coalesce(p.time_of_day, '09:00') = d.time_of_day
        AND coalesce(p.is_active, true) AND NOT u.access_restricted
        AND d.planned_for >= coalesce(p.scheduled_since, u.created_at)
        AND (d.planned_for > :looked_until OR greatest(u.updated_at, u.last_visit, p.updated_at) > :looked_at)
        AND NOT EXISTS (SELECT FROM daily_briefs b WHERE b.user_id = u.id AND b.brief_date = d.brief_date)
    """
).bindparams(
    sa.bindparam("timezones", type_=ARRAY(sa.Text)),
    sa.bindparam("frequencies", type_=ARRAY(sa.Text)),
    sa.bindparam("days", type_=ARRAY(sa.Integer)),
    sa.bindparam("times", type_=ARRAY(sa.Time)),
    sa.bindparam("dates", type_=ARRAY(sa.Date)),
    sa.bindparam("moments", type_=ARRAY(sa.DateTime(timezone=True))),
    sa.bindparam("looked_until", type_=sa.DateTime(timezone=True)),
    sa.bindparam("looked_at", type_=sa.DateTime(timezone=True)),
)
_CLAIM = sa.text(
    """
    INSERT INTO daily_briefs (user_id, brief_date, timezone, planned_for, is_reengagement, days_away)
    SELECT * FROM unnest(:people, :dates, :timezones, :moments, :reengagements, :days_away)
    ON CONFLICT (user_id, brief_date) DO NOTHING
    RETURNING id, user_id, brief_date
    """
).bindparams(
    sa.bindparam("people", type_=ARRAY(sa.Uuid)),
    sa.bindparam("dates", type_=ARRAY(sa.Date)),
    sa.bindparam("timezones", type_=ARRAY(sa.Text)),
    sa.bindparam("moments", type_=ARRAY(sa.DateTime(timezone=True))),
    sa.bindparam("reengagements", type_=ARRAY(sa.Boolean)),
    sa.bindparam("days_away", type_=ARRAY(sa.Integer)),
)
_ASSIGN = sa.text(
    "UPDATE daily_briefs b SET job_id = j.job_id FROM unnest(:briefs, :jobs) AS j (brief_id, job_id)"
    " WHERE b.id = j.brief_id"
).bindparams(sa.bindparam("briefs", type_=ARRAY(sa.Uuid)), sa.bindparam("jobs", type_=ARRAY(sa.Uuid)))
_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Planned:
    """A brief that shall be written for somebody."""

    user_id: UUID
    run: Run
    timezone: str
    is_reengagement: bool
    days_away: int


async def plan_due_briefs() -> None:
    """The periodic duty. Every worker wakes it; one begins the hour's tick, plans, and commits both together."""
    async with queue_session() as session:
        before = await last_tick(session, TICK)
    if before is not None and now() - before < EVERY:
        return
    async with service_session("plan briefs") as session:
        if await begin_tick(session, TICK, EVERY):
            await plan_briefs(session, now(), looked_at=before)


async def plan_briefs(session: AsyncSession, at: datetime, *, looked_at: datetime | None = None) -> int:
    """Plan what is due at `at`, as the service role; how many briefs.

    The unique row of (person, date) lets nobody have two, whoever else plans at the same time. What the tick of
    `looked_at` has seen and left is looked at again only where its person came back or changed something since.
    """
    schedules = [Schedule(*row) for row in await session.execute(_SCHEDULES)]
    due = [(schedule, run) for schedule in schedules for run in due_runs(schedule, at)]
    people = await _people(session, due, looked_at or _LONG_AGO)
    chosen = [planned for row in people if (planned := _decide(row)) is not None]
    made = 0
    for start in range(0, len(chosen), BATCH):
        made += await _plan(session, chosen[start : start + BATCH])
    logger.info("briefs: %d of %d who are due were planned, the others were away", made, len(people))
    return made


async def _people(session: AsyncSession, due: list[tuple[Schedule, Run]], looked_at: datetime) -> Sequence[Any]:
    parameters = {
        "timezones": [schedule.timezone for schedule, _ in due],
        "frequencies": [schedule.frequency for schedule, _ in due],
        "days": [schedule.day_of_week for schedule, _ in due],
        "times": [schedule.time_of_day for schedule, _ in due],
        "dates": [run.brief_date for _, run in due],
        "moments": [run.planned_for for _, run in due],
        "looked_at": looked_at,
        "looked_until": looked_at + AHEAD + LEAD,
    }
    return (await session.execute(_PEOPLE, parameters)).all()


def _decide(row: Any) -> Planned | None:
    """Does this person want to hear from us now? Why not stands in the log."""
    weekly = row.frequency == Frequency.WEEKLY
    verdict = engagement(row.last_visit, row.last_brief, row.planned_for, weekly=weekly)
    if not verdict.should_send:
        logger.debug("no brief for %s on %s: %s", row.id, row.brief_date, verdict.reason)
        return None
    run = Run(row.brief_date, row.planned_for)
    return Planned(row.id, run, row.timezone, verdict.is_reengagement, verdict.days_away)


async def _plan(session: AsyncSession, chosen: list[Planned]) -> int:
    """Claim the days, then add a job for each day that was free."""
    parameters = {
        "people": [each.user_id for each in chosen],
        "dates": [each.run.brief_date for each in chosen],
        "timezones": [each.timezone for each in chosen],
        "moments": [each.run.planned_for for each in chosen],
        "reengagements": [each.is_reengagement for each in chosen],
        "days_away": [each.days_away for each in chosen],
    }
    claimed: dict[tuple[UUID, date], UUID] = {
        (row.user_id, row.brief_date): row.id for row in await session.execute(_CLAIM, parameters)
    }
    ours = [each for each in chosen if (each.user_id, each.run.brief_date) in claimed]
    jobs = await add_planned_jobs(
        session, [(each.user_id, begins_at(each.run.planned_for), _job(each)) for each in ours]
    )
    briefs = [claimed[each.user_id, each.run.brief_date] for each in ours]
    await session.execute(_ASSIGN, {"briefs": briefs, "jobs": jobs})
    return len(ours)


def _job(planned: Planned) -> GenerateDailyBrief:
    options = BriefOptions(is_reengagement=planned.is_reengagement, days_since_last_login=planned.days_away)
    return GenerateDailyBrief(
        brief_date=planned.run.brief_date,
        timezone=planned.timezone,
        planned_for=planned.run.planned_for,
        options=options,
    )
