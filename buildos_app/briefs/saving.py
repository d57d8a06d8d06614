"""Where a brief is kept: whose turn it is to write it, storing it whole, and what is told of it."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.briefs.content import BriefContent
from buildos_app.briefs.email import add_email
from buildos_app.briefs.facts import BriefFacts
from buildos_app.briefs.page_text import as_markdown
from buildos_app.briefs.preferences import get_preferences
from buildos_app.clock import now
from buildos_app.errors import Conflict
from buildos_app.models.brief import DailyBrief, ProjectDailyBrief
from buildos_app.models.queue import JobStatus, QueueJob
from buildos_app.notifications.events import BriefCompleted

_LIVE = (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.RETRYING)


class Turn(Enum):
    """What a job finds when it comes to write a brief."""

    OURS = "to be written"
    WRITTEN = "written by this very job, not told yet"
    NOT_OURS = "written, or being written, by another job"


@dataclass(frozen=True)
class Told:
    """What follows a whole brief: its news, the mail to be sent if any, and the result of the job."""

    event: BriefCompleted
    email_id: UUID | None
    result: dict[str, Any]


async def begin(
    session: AsyncSession, user_id: UUID, brief_date: date, timezone: str, job_id: UUID, *, force: bool
) -> tuple[Turn, UUID]:
    """Take the day's row, with this id, for this job. What another job wrote is not written again unless asked
    (trap 8)."""
    new = {"user_id": user_id, "brief_date": brief_date, "timezone": timezone, "job_id": job_id}
    # an update that changes nothing: it takes the lock, and returns the row that is there
    row = insert(DailyBrief).values(**new)
    row = row.on_conflict_do_update(index_elements=["user_id", "brief_date"], set_={"brief_date": brief_date})
    brief = (await session.execute(row.returning(DailyBrief))).scalar_one()
    if brief.content.get("job_id") == str(job_id):
        return Turn.WRITTEN, brief.id
    if brief.job_id != job_id and (await _is_live(session, brief.job_id) or (brief.completed_at and not force)):
        return Turn.NOT_OURS, brief.id
    brief.job_id, brief.timezone = job_id, timezone
    return Turn.OURS, brief.id


async def save(
    session: AsyncSession, user_id: UUID, job_id: UUID, facts: BriefFacts, content: BriefContent, engine: str
) -> DailyBrief:
    """Put the whole brief in the place of the one before. Raises Conflict when another job has the day."""
    brief = await get_locked(session, facts.brief_date)
    if brief.job_id != job_id:
        raise Conflict("This brief is written by another job by now.")
    is_first = brief.completed_at is None
    brief.title, brief.summary = content.headline, content.summary
    brief.markdown = as_markdown(content, facts.brief_date)
    brief.content = {**content.model_dump(mode="json"), "job_id": str(job_id)}
    brief.engine = "" if content.note else engine
    brief.is_reengagement, brief.days_away = facts.is_reengagement, facts.days_away
    brief.completed_at = now()
    if not is_first:
        await session.execute(sa.delete(ProjectDailyBrief).where(col(ProjectDailyBrief.daily_brief_id) == brief.id))
    await _save_parts(session, user_id, brief, content)
    return brief


async def tell(session: AsyncSession, user_id: UUID, brief: DailyBrief, *, is_repeat: bool) -> Told:
    """What happens because a brief is whole. One mail follows by itself for each day, however often it is written."""
    content = BriefContent.model_validate(brief.content)
    wanted = await get_preferences(session, user_id)
    mails = wanted.is_active and wanted.email_daily_brief and not is_repeat
    email_id = await add_email(session, user_id, brief, number=0, tracked=wanted.track_opens) if mails else None
    event = BriefCompleted(
        brief_id=brief.id,
        brief_date=brief.brief_date,
        timezone=brief.timezone,
        title=brief.title,
        project_count=content.counts.projects,
        todays_task_count=content.counts.today,
        overdue_task_count=content.counts.overdue,
        next_seven_days_task_count=content.counts.upcoming,
        email_record_created=email_id is not None,
    )
    seconds = (now() - brief.completed_at).total_seconds() if brief.completed_at else 0.0
    result = {
        "brief_id": str(brief.id),
        "project_briefs_generated": sum(part.id is not None for part in content.projects),
        "email_record_created": email_id is not None,
        "told_after_seconds": round(seconds, 1),
    }
    return Told(event, email_id, result)


async def _save_parts(session: AsyncSession, user_id: UUID, brief: DailyBrief, content: BriefContent) -> None:
    parts = [
        {
            "user_id": user_id,
            "daily_brief_id": brief.id,
            "project_id": part.id,
            "brief_date": brief.brief_date,
            "content": part.model_dump(mode="json"),
        }
        for part in content.projects
        if part.id is not None
    ]
    if parts:
        await session.execute(insert(ProjectDailyBrief).values(parts))


async def get_locked(session: AsyncSession, brief_date: date) -> DailyBrief:
    """The brief of a day, which nobody else changes until this transaction ends."""
    query = sa.select(DailyBrief).where(col(DailyBrief.brief_date) == brief_date).with_for_update()
    return (await session.execute(query)).scalar_one()


async def _is_live(session: AsyncSession, job_id: UUID | None) -> bool:
    query = sa.select(col(QueueJob.status).in_(_LIVE)).where(col(QueueJob.id) == job_id)
    return bool((await session.execute(query)).scalar_one_or_none())
