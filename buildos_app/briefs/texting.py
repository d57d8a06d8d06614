"""The text message that a brief is ready."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import now
from buildos_app.notifications.events import BriefCompleted
from buildos_app.sms.kinds import Kind
from buildos_app.sms.queueing import queue_sms

IS_NEWS_FOR = timedelta(hours=12)


async def text_brief_ready(session: AsyncSession, user_id: UUID, day: date, brief: BriefCompleted) -> None:
    """Text a person that the brief of a day is there, once, if they want that."""
    counts = f"{brief.todays_task_count} for today"
    counts += f", {brief.overdue_task_count} overdue" if brief.overdue_task_count else ""
    subject = {"counts": counts, "path": f"/briefs/{day}"}
    await queue_sms(session, user_id, Kind.BRIEF_READY, subject, key=f"brief:{day}", not_after=now() + IS_NEWS_FOR)
