"""What is written down around a send, so that a crash anywhere neither loses a message nor doubles one.

Before Twilio is asked, the row says `sending` with `attempted_at`: from then on nobody knows whether Twilio has the
message, until the answer is saved. A run that finds `attempted_at` asks Twilio first.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import IntegrationError, NotFound
from buildos_app.models.sms import SmsMessage, SmsStatus
from buildos_app.ports import OutgoingSms, SmsReceipt
from buildos_app.settings import get_settings
from buildos_app.sms.composing import NothingToSay, compose
from buildos_app.sms.delivery import Effect, apply_report
from buildos_app.sms.eligibility import QUIET, Defer, Refuse, decide
from buildos_app.sms.failures import MEANINGS, Failure, classify
from buildos_app.sms.kinds import Kind
from buildos_app.sms.preferences import get_standing, set_opted_out

logger = logging.getLogger(__name__)

STATUS_PATH = "/api/webhooks/twilio/status"
_COUNT = sa.text("SELECT count_sms()")


@dataclass(frozen=True)
class Go:
    """Ask Twilio to send this; the row says so since then."""

    message: OutgoingSms
    since: datetime


@dataclass(frozen=True)
class InDoubt:
    """An earlier run asked and did not live to see the answer."""

    message: OutgoingSms
    since: datetime


@dataclass(frozen=True)
class Wait:
    """Not before then."""

    until: datetime


@dataclass(frozen=True)
class Over:
    """There is nothing to do."""

    reason: str
    was_sent: bool = False


Turn = Go | InDoubt | Wait | Over


async def begin(
    session: AsyncSession, user_id: UUID, message_id: UUID, attempt: int, *, settled: datetime | None = None
) -> Turn:
    """What this run shall do; for Go, the row says that it is being done.

    `settled`: what was begun at that moment is not at Twilio. Raises NotFound for a message that is gone.
    """
    row = await _locked(session, message_id)
    if row is None:
        raise NotFound("This message is gone.")
    if row.twilio_sid is not None or row.status == SmsStatus.CANCELLED or row.attempt != attempt:
        return Over("Cancelled." if row.status == SmsStatus.CANCELLED else "Sent already.", row.twilio_sid is not None)
    if row.status in (SmsStatus.FAILED, SmsStatus.UNDELIVERED):
        row.status = SmsStatus.PENDING  # the job was retried by hand
    if row.attempted_at is not None and row.attempted_at != settled:
        return InDoubt(_outgoing(row), row.attempted_at)
    row.attempted_at = None
    at = now()
    if row.not_after is not None and at > row.not_after:
        return _cancel(row, "It would have come too late.")
    standing = await get_standing(session, user_id)
    verdict = decide(Kind(row.kind), standing, at, is_counted=row.is_counted)
    if isinstance(verdict, Refuse) or standing is None:
        return _cancel(row, verdict.reason if isinstance(verdict, Refuse) else "")
    if isinstance(verdict, Defer):
        row.status, row.reason, row.scheduled_for = SmsStatus.SCHEDULED, QUIET, verdict.until
        return Wait(verdict.until)
    text = await compose(session, Kind(row.kind), row.subject, standing, at)
    if isinstance(text, NothingToSay):
        return _cancel(row, text.reason)
    if not row.is_counted and not (await session.execute(_COUNT)).scalar_one():
        return _cancel(row, f"Your limit of {standing.daily_limit} messages a day was reached.")
    row.is_counted, row.number, row.content = True, standing.number, text
    row.status, row.reason, row.attempted_at = SmsStatus.SENDING, "", at
    return Go(_outgoing(row), at)


async def unknown_among(session: AsyncSession, message_id: UUID, found: Sequence[SmsReceipt]) -> SmsReceipt | None:
    """The newest of Twilio's messages that is no other message's of ours and no earlier attempt's."""
    sids = [receipt.sid for receipt in found]
    ours = sa.select(col(SmsMessage.twilio_sid)).where(
        col(SmsMessage.twilio_sid).in_(sids), col(SmsMessage.id) != message_id
    )
    is_past = sa.literal(sids, ARRAY(sa.Text)).op("&&")(col(SmsMessage.past_sids))
    past = sa.select(sa.func.unnest(col(SmsMessage.past_sids))).where(is_past)
    known = set((await session.execute(ours.union(past))).scalars()) if sids else set()
    return next((receipt for receipt in found if receipt.sid not in known), None)


async def save(
    session: AsyncSession, message_id: UUID, attempt: int, receipt: SmsReceipt
) -> tuple[SmsMessage, Effect] | None:
    """Twilio has the message. What it reported meanwhile, by the webhook, stays."""
    row = await _locked(session, message_id)
    if row is None or row.attempt != attempt:
        return None
    effect = apply_report(session, row, receipt.sid, receipt.status, receipt.error_code)
    if effect.opted_out:
        await set_opted_out(session, "STOP")
    return row, effect


async def save_failure(
    session: AsyncSession,
    message_id: UUID,
    attempt: int,
    since: datetime,
    error: IntegrationError,
    *,
    is_last: bool,
    keep_doubt: bool,
) -> None:
    """Why what was begun `since` then failed. What Twilio refused is in no doubt any more; the last failure ends it.

    A run that lost its lease meanwhile has nothing to say: the message is in the hands of another.
    """
    row = await _locked(session, message_id)
    if row is None or row.attempt != attempt or row.twilio_sid is not None or row.attempted_at != since:
        return
    failure = classify(error.code)
    row.attempted_at = row.attempted_at if keep_doubt else None
    row.error_code = error.code
    row.reason = MEANINGS[failure].words if error.code else str(error)
    row.status = SmsStatus.FAILED if is_last else SmsStatus.PENDING
    if failure is Failure.OPTED_OUT:
        await set_opted_out(session, "STOP")
    if failure is Failure.ACCOUNT:
        logger.critical("Twilio refuses our account or number: code %s", error.code)


def _outgoing(row: SmsMessage) -> OutgoingSms:
    return OutgoingSms(row.number, row.content, _status_url(row))


def _status_url(row: SmsMessage) -> str:
    """Where reports go; empty where Twilio could not reach us, whose API refuses such an address."""
    settings = get_settings()
    if not settings.app_base_url and settings.twilio_account_sid and not settings.twilio_base_url:
        return ""
    query = urlencode({"message_id": row.id, "user_id": row.user_id, "attempt": row.attempt})
    return f"{settings.base_url}{STATUS_PATH}?{query}"


def _cancel(row: SmsMessage, reason: str) -> Over:
    row.status, row.reason = SmsStatus.CANCELLED, reason
    return Over(reason)


async def _locked(session: AsyncSession, message_id: UUID) -> SmsMessage | None:
    query = sa.select(SmsMessage).where(col(SmsMessage.id) == message_id).with_for_update()
    return (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
