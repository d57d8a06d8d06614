"""Writing a message down: its row and its job in the caller's transaction, so that there is both or neither."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import Conflict, NotFound
from buildos_app.models.base import new_id
from buildos_app.models.sms import SmsMessage, SmsStatus
from buildos_app.queue.client import cancel_jobs
from buildos_app.sms.eligibility import QUIET, Defer, Refuse, Standing, Verdict, decide
from buildos_app.sms.jobs import add_attempts
from buildos_app.sms.kinds import Kind, SmsPriority
from buildos_app.sms.planning import PlannedText
from buildos_app.sms.preferences import get_standing

logger = logging.getLogger(__name__)

WAITING = (SmsStatus.PENDING, SmsStatus.SCHEDULED)
RESENDABLE = (SmsStatus.FAILED, SmsStatus.UNDELIVERED, SmsStatus.CANCELLED)

_INSERT = sa.text(
    """
    INSERT INTO sms_messages
        (id, user_id, kind, number, subject, subject_key, priority, not_after, status, reason, scheduled_for)
    SELECT id, user_id, kind, number, subject, subject_key, priority, not_after, status, reason, scheduled_for
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        id uuid, user_id uuid, kind text, number text, subject jsonb, subject_key text, priority text,
        not_after timestamptz, status text, reason text, scheduled_for timestamptz
    )
    ON CONFLICT (user_id, subject_key) DO NOTHING
    RETURNING id, user_id, attempt, priority, status, scheduled_for
    """
)


async def queue_sms(
    session: AsyncSession,
    user_id: UUID,
    kind: Kind,
    subject: Mapping[str, Any],
    *,
    key: str | None = None,
    not_after: datetime | None = None,
    priority: SmsPriority = SmsPriority.NORMAL,
) -> UUID | None:
    """Queue a message for a person, now; its id, or None when there is none to send.

    `key` says what it is about: a second one with it is not queued. What the person never asked for leaves no row;
    what their own rules hold back does, with the reason.
    """
    standing = await get_standing(session, user_id)
    if standing is None:
        logger.warning("no %s for %s: their settings could not be read", kind, user_id)
        return None
    text = PlannedText(user_id, kind, key, now(), dict(subject), not_after, priority)
    return next(iter(await queue_texts(session, [text], {user_id: standing})), None)


async def queue_texts(
    session: AsyncSession, texts: Iterable[PlannedText], people: Mapping[UUID, Standing]
) -> list[UUID]:
    """Queue many messages, as `queue_sms` does, each for its moment; the ids of those that wait to be sent.

    A few statements whatever their number; for several people it takes the service role.
    """
    at = now()
    rows = [row for text in texts if (row := _row(text, people[text.user_id], at)) is not None]
    if not rows:
        return []
    made = (await session.execute(_INSERT, {"rows": to_json(rows).decode()})).all()
    waiting = [row for row in made if row.status != SmsStatus.CANCELLED]
    await add_attempts(session, waiting)
    return [row.id for row in waiting]


def _row(text: PlannedText, standing: Standing, at: datetime) -> dict[str, Any] | None:
    """The row of a message, or None for what its person never asked for."""
    moment = max(text.moment, at)
    verdict = decide(text.kind, standing, moment)
    if isinstance(verdict, Refuse) and verdict.is_unwanted:
        logger.info("no %s for %s: %s", text.kind, text.user_id, verdict.reason)
        return None
    return {
        "id": new_id(),
        "user_id": text.user_id,
        "kind": text.kind,
        "number": standing.number,
        "subject": text.subject,
        "subject_key": text.key,
        "priority": text.priority,
        "not_after": text.not_after,
        "reason": "",
        **_plan(verdict, moment, at, text.not_after),
    }


def _plan(verdict: Verdict, moment: datetime, at: datetime, not_after: datetime | None) -> dict[str, Any]:
    if isinstance(verdict, Defer) and not_after is not None and verdict.until > not_after:
        verdict = Refuse("Your quiet hours last longer than this was of use.")
    if isinstance(verdict, Refuse):
        return {"status": SmsStatus.CANCELLED, "reason": verdict.reason, "scheduled_for": moment}
    if isinstance(verdict, Defer):
        return {"status": SmsStatus.SCHEDULED, "reason": QUIET, "scheduled_for": verdict.until}
    return {"status": SmsStatus.SCHEDULED if moment > at else SmsStatus.PENDING, "scheduled_for": moment}


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
