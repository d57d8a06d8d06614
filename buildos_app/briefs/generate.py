"""Asking for a brief: by its person now, or ahead of its time by a schedule. One row per day decides."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.briefs.due import LEAD, Schedule, due_runs
from buildos_app.briefs.email import MOST_MAILS_A_DAY, add_email, count_asked, last_number
from buildos_app.briefs.jobs import GenerateBriefEmail, GenerateDailyBrief
from buildos_app.clock import local_now, now
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.brief import DailyBrief, ProjectDailyBrief
from buildos_app.models.queue import JobStatus, QueueJob
from buildos_app.models.user import User
from buildos_app.queue.client import add_job, cancel_job

IMMEDIATE = 1
_LIVE = (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.RETRYING)
_WAITING = (JobStatus.PENDING, JobStatus.RETRYING)


async def request_brief(
    session: AsyncSession, user_id: UUID, *, brief_date: date | None = None, force: bool = False
) -> UUID:
    """Let today's brief be written now, and return the id of its job, which is the running one if there is one.

    Raises Conflict when there is a whole brief already, unless it shall be written again (`force`): the old one then
    stays until the new one is there. Raises InvalidInput for another day than today.
    """
    timezone = (await session.execute(sa.select(col(User.timezone)).where(col(User.id) == user_id))).scalar_one()
    today = local_now(timezone).date()
    if brief_date not in (None, today):
        raise InvalidInput("A brief can be written for today only.")
    await session.execute(
        insert(DailyBrief).values(user_id=user_id, brief_date=today, timezone=timezone).on_conflict_do_nothing()
    )
    brief = await _locked(session, today)
    status = await _job_status(session, brief.job_id)
    if status == JobStatus.PROCESSING and brief.job_id is not None:
        return brief.job_id
    if brief.completed_at is not None and not force:
        raise Conflict("Today's brief is written already. Regenerate it to have it written again.")
    if status in _WAITING and brief.job_id is not None:
        await cancel_job(session, brief.job_id)
    job = GenerateDailyBrief(brief_date=today, timezone=timezone, force_regenerate=force)
    job_id = await add_job(session, user_id, job, priority=IMMEDIATE)
    brief.job_id, brief.timezone, brief.planned_for = job_id, timezone, None
    brief.is_reengagement, brief.days_away = False, 0
    return job_id


async def cancel_brief(session: AsyncSession, brief_date: date) -> None:
    """Stop the writing of a brief; what there was before stays. Raises NotFound, Conflict when nothing is written."""
    brief = await _locked(session, brief_date)
    if brief.job_id is None or await _job_status(session, brief.job_id) not in _LIVE:
        raise Conflict("This brief is not being written any more.")
    await cancel_job(session, brief.job_id)


async def delete_brief(session: AsyncSession, brief_date: date) -> None:
    """Forget what a brief says, and stop its writing. Its day stays taken, so that no schedule writes it again by
    itself. Raises NotFound.
    """
    brief = await _locked(session, brief_date)
    if brief.job_id is not None and await _job_status(session, brief.job_id) in _LIVE:
        await cancel_job(session, brief.job_id)
    await session.execute(sa.delete(ProjectDailyBrief).where(col(ProjectDailyBrief.daily_brief_id) == brief.id))
    brief.title = brief.summary = brief.markdown = brief.engine = ""
    brief.content, brief.completed_at, brief.job_id, brief.planned_for = {}, None, None, None


async def send_now(session: AsyncSession, user_id: UUID, brief_date: date) -> UUID:
    """Mail a whole brief to its person once more, because they ask for it; the id of the mail.

    Raises NotFound, Conflict without a whole brief or a confirmed address, and after 20 mails in a day.
    """
    brief = await _locked(session, brief_date)
    if brief.completed_at is None:
        raise Conflict("This brief is not written yet.")
    confirmed = sa.select(col(User.email_confirmed_at)).where(col(User.id) == user_id)
    if (await session.execute(confirmed)).scalar_one() is None:
        raise Conflict("Confirm your address first: Settings, Briefs.")
    if await count_asked(session) >= MOST_MAILS_A_DAY:
        raise Conflict("That are 20 mails today. Try again tomorrow.")
    number = 1 + (await last_number(session, brief_date) or 0)
    email_id = await add_email(session, user_id, brief, number=number, tracked=False)
    if email_id is None:
        raise Conflict("This mail was asked for a moment ago.")
    await add_job(session, user_id, GenerateBriefEmail(email_id=email_id, brief_date=brief_date))
    return email_id


async def drop_planned(session: AsyncSession) -> int:
    """Cancel what a schedule has planned and nobody has begun, and free its days; how many."""
    query = (
        sa.select(DailyBrief)
        .join(QueueJob, col(QueueJob.id) == col(DailyBrief.job_id))
        .where(
            col(DailyBrief.completed_at).is_(None),
            col(DailyBrief.planned_for).is_not(None),
            col(QueueJob.status).in_(_WAITING),
        )
        .with_for_update(of=DailyBrief)
    )
    dropped = 0
    for brief in (await session.execute(query)).scalars().all():
        if brief.job_id is not None and await cancel_job(session, brief.job_id) == JobStatus.CANCELLED:
            await session.delete(brief)
            dropped += 1
    await session.flush()
    return dropped


async def plan_for(session: AsyncSession, user_id: UUID, schedule: Schedule) -> None:
    """Plan what comes before the next tick, which looks an hour ahead: a new schedule may begin in ten minutes."""
    at = now()
    for run in due_runs(schedule, at):
        if run.planned_for < at:
            continue
        values = {"brief_date": run.brief_date, "timezone": schedule.timezone, "planned_for": run.planned_for}
        statement = insert(DailyBrief).values(user_id=user_id, **values).on_conflict_do_nothing()
        brief_id = (await session.execute(statement.returning(col(DailyBrief.id)))).scalar_one_or_none()
        if brief_id is not None:
            job = GenerateDailyBrief(brief_date=run.brief_date, timezone=schedule.timezone, planned_for=run.planned_for)
            job_id = await add_job(session, user_id, job, scheduled_for=begins_at(run.planned_for))
            await session.execute(sa.update(DailyBrief).where(col(DailyBrief.id) == brief_id).values(job_id=job_id))


def begins_at(planned_for: datetime) -> datetime:
    """When the writing of a planned brief begins."""
    return planned_for - LEAD


async def _locked(session: AsyncSession, brief_date: date) -> DailyBrief:
    query = sa.select(DailyBrief).where(col(DailyBrief.brief_date) == brief_date).with_for_update()
    brief = (await session.execute(query)).scalar_one_or_none()
    if brief is None:
        raise NotFound("There is no brief of that day.")
    return brief


async def _job_status(session: AsyncSession, job_id: UUID | None) -> str | None:
    if job_id is None:
        return None
    query = sa.select(col(QueueJob.status)).where(col(QueueJob.id) == job_id)
    return (await session.execute(query)).scalar_one_or_none()
