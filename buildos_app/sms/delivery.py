"""What Twilio reports about a message: a status never goes back, and a report that comes again changes nothing."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.models.sms import SmsMessage, SmsStatus
from buildos_app.notifications.events import SmsFailed
from buildos_app.notifications.notify import notify
from buildos_app.sms.failures import MEANINGS, Failure, classify, wait_before

logger = logging.getLogger(__name__)

SILENT_FOR = timedelta(minutes=2)
"""After so long without a report Twilio is asked: see following.py."""

REPORTED = {
    "accepted": SmsStatus.QUEUED,
    "scheduled": SmsStatus.QUEUED,
    "queued": SmsStatus.QUEUED,
    "sending": SmsStatus.SENDING,
    "receiving": SmsStatus.SENDING,
    "sent": SmsStatus.SENT,
    "delivered": SmsStatus.DELIVERED,
    "received": SmsStatus.DELIVERED,
    "read": SmsStatus.DELIVERED,
    "failed": SmsStatus.FAILED,
    "undelivered": SmsStatus.UNDELIVERED,
    "canceled": SmsStatus.CANCELLED,
}
"""Our status for each of Twilio's (behaviour.md 5.9)."""
_RANK = {
    SmsStatus.PENDING: 0,
    SmsStatus.SCHEDULED: 1,
    SmsStatus.QUEUED: 2,
    SmsStatus.SENDING: 3,
    SmsStatus.SENT: 4,
    SmsStatus.DELIVERED: 5,
    SmsStatus.FAILED: 5,
    SmsStatus.UNDELIVERED: 5,
    SmsStatus.CANCELLED: 5,
}
FAILED = (SmsStatus.FAILED, SmsStatus.UNDELIVERED)


@dataclass(frozen=True)
class Effect:
    """What a report leads to besides its row: another attempt, or that the person opted out."""

    again: bool = False
    opted_out: bool = False


def is_news(present: str, reported: SmsStatus) -> bool:
    """Does a report lead further than the present status?"""
    return _RANK[reported] > _RANK[SmsStatus(present)]


async def record(
    session: AsyncSession, *, message_id: UUID | None, attempt: int, sid: str, status: str, error_code: int | None
) -> tuple[SmsMessage, Effect] | None:
    """Take a report, in a session of the service role; None when it is about no message of ours.

    The row is that of the id with this SID, or with none yet: a report may be faster than the answer of the API.
    """
    waits_for_answer = sa.and_(
        col(SmsMessage.id) == message_id,
        col(SmsMessage.twilio_sid).is_(None),
        col(SmsMessage.attempt) == attempt,
        col(SmsMessage.attempted_at).is_not(None),
        sa.not_(col(SmsMessage.past_sids).contains([sid])),
    )
    query = sa.select(SmsMessage).where(sa.or_(col(SmsMessage.twilio_sid) == sid, waits_for_answer))
    row = (await session.execute(query.with_for_update())).scalars().first()
    if row is None or (message_id is not None and row.id != message_id):
        return None
    return row, apply_report(session, row, sid, status, error_code)


def apply_report(session: AsyncSession, row: SmsMessage, sid: str, status: str, error_code: int | None) -> Effect:
    """Change a locked row by a report about its SID, or by the first one, which gives it its SID."""
    if row.twilio_sid is None:
        row.twilio_sid, row.attempted_at, row.sent_at = sid, None, now()
        row.status, row.reason, row.error_code = SmsStatus.QUEUED, "", None
        row.ask_at = now() + SILENT_FOR
    reported = REPORTED.get(status)
    if reported is None or row.twilio_sid != sid or not is_news(row.status, reported):
        return Effect()
    row.status = reported
    row.ask_at = now() + SILENT_FOR if _RANK[reported] < _RANK[SmsStatus.DELIVERED] else None
    if reported is SmsStatus.DELIVERED:
        row.delivered_at = now()
    return _fail(session, row, error_code) if reported in FAILED else Effect()


def _fail(session: AsyncSession, row: SmsMessage, error_code: int | None) -> Effect:
    """Another try while there is one; else its person is told."""
    failure = classify(error_code)
    row.error_code, row.reason = error_code, MEANINGS[failure].words
    if failure is Failure.ACCOUNT:
        logger.critical("Twilio cannot send for our account: code %s", error_code)
    wait = wait_before(failure, row.attempt)
    if wait is None:
        notify(session, row.user_id, SmsFailed(message_id=row.id, reason=row.reason))
        return Effect(opted_out=failure is Failure.OPTED_OUT)
    row.past_sids = [*row.past_sids, *([row.twilio_sid] if row.twilio_sid else [])]
    row.twilio_sid, row.sent_at, row.attempt = None, None, row.attempt + 1
    row.status, row.scheduled_for = SmsStatus.SCHEDULED, now() + wait
    return Effect(again=True)
