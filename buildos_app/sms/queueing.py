"""Writing a message down: its row and its job in the caller's transaction, so that there is both or neither."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import Conflict, NotFound
from buildos_app.models.base import new_id
from buildos_app.models.sms import SmsMessage, SmsStatus
from buildos_app.notifications.events import BriefCompleted
from buildos_app.queue.client import cancel_jobs
from buildos_app.sms.eligibility import QUIET, Defer, Refuse, Standing, Verdict, decide
from buildos_app.sms.jobs import add_attempt
from buildos_app.sms.kinds import Kind, SmsPriority
from buildos_app.sms.preferences import get_standing

logger = logging.getLogger(__name__)

WAITING = (SmsStatus.PENDING, SmsStatus.SCHEDULED)
BRIEF_IS_NEWS = timedelta(hours=12)
RESENDABLE = (SmsStatus.FAILED, SmsStatus.UNDELIVERED, SmsStatus.CANCELLED)


async def queue_sms(
    session: AsyncSession,
    user_id: UUID,
    kind: Kind,
    subject: Mapping[str, object],
    *,
    key: str | None = None,
    moment: datetime | None = None,
    not_after: datetime | None = None,
    priority: SmsPriority = SmsPriority.NORMAL,
    standing: Standing | None = None,
) -> UUID | None:
    """Queue a message for a person, now or at `moment`; its id, or None when there is none to send.

    `key` says what it is about: a second one with it is not queued. What the person never asked for leaves no row;
    what their own rules hold back does, with the reason. `standing` is theirs where the caller has read it.
    """
    moment = max(moment or now(), now())
    standing = standing or await get_standing(session, user_id)
    verdict = decide(kind, standing, moment)
    if isinstance(verdict, Refuse) and (verdict.is_unwanted or standing is None):
        logger.info("no %s for %s: %s", kind, user_id, verdict.reason)
        return None
    values = {
        "id": new_id(),
        "user_id": user_id,
        "kind": kind,
        "number": standing.number if standing else "",
        "subject": dict(subject),
        "subject_key": key,
        "priority": priority,
        "not_after": not_after,
        **_plan(verdict, moment, not_after),
    }
    statement = insert(SmsMessage).values(values).on_conflict_do_nothing(index_elements=["user_id", "subject_key"])
    row = (await session.execute(statement.returning(SmsMessage))).scalar_one_or_none()
    if row is None or row.status == SmsStatus.CANCELLED:
        return None
    await add_attempt(session, row)
    return row.id


async def text_brief_ready(session: AsyncSession, user_id: UUID, day: date, brief: BriefCompleted) -> None:
    """Text a person that the brief of a day is there, once, if they want that."""
    counts = f"{brief.todays_task_count} for today"
    counts += f", {brief.overdue_task_count} overdue" if brief.overdue_task_count else ""
    subject = {"counts": counts, "path": f"/briefs/{day}"}
    await queue_sms(session, user_id, Kind.BRIEF_READY, subject, key=f"brief:{day}", not_after=now() + BRIEF_IS_NEWS)


def _plan(verdict: Verdict, moment: datetime, not_after: datetime | None) -> dict[str, object]:
    if isinstance(verdict, Defer) and not_after is not None and verdict.until > not_after:
        verdict = Refuse("Your quiet hours last longer than this was of use.")
    if isinstance(verdict, Refuse):
        return {"status": SmsStatus.CANCELLED, "reason": verdict.reason, "scheduled_for": moment}
    if isinstance(verdict, Defer):
        return {"status": SmsStatus.SCHEDULED, "reason": QUIET, "scheduled_for": verdict.until}
    return {"status": SmsStatus.SCHEDULED if moment > now() else SmsStatus.PENDING, "scheduled_for": moment}


async def cancel_waiting(session: AsyncSession, user_id: UUID, reason: str, *conditions: sa.ColumnElement[bool]) -> int:
    """Cancel a person's messages that wait, with their jobs; how many."""
    statement = (
        sa.update(SmsMessage)
        .where(col(SmsMessage.user_id) == user_id, col(SmsMessage.status).in_(WAITING), *conditions)
        .values(status=SmsStatus.CANCELLED, reason=reason, updated_at=sa.func.now())
        .returning(col(SmsMessage.job_id))
    )
    jobs = list((await session.execute(statement)).scalars())
    await cancel_jobs(session, [job_id for job_id in jobs if job_id is not None])
    return len(jobs)


async def resend(session: AsyncSession, user_id: UUID, message_id: UUID) -> None:
    """Send a message that did not arrive once more, as a new one, with all the rules.

    Raises NotFound, or Conflict with the reason when the person's own settings hold it back.
    """
    row = (await session.execute(sa.select(SmsMessage).where(col(SmsMessage.id) == message_id))).scalar_one_or_none()
    if row is None:
        raise NotFound("This message is gone.")
    if row.status not in RESENDABLE:
        raise Conflict("This message is on its way or arrived. There is nothing to send again.")
    standing: Standing | None = await get_standing(session, user_id)
    verdict = decide(Kind(row.kind), standing, now())
    if isinstance(verdict, Refuse):
        raise Conflict(verdict.reason)
    await queue_sms(session, user_id, Kind(row.kind), row.subject, priority=SmsPriority(row.priority))
