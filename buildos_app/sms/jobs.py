"""The job that sends one text message: load, ask, save, with an answer to "was it sent already?" at every point."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import now
from buildos_app.errors import IntegrationError, RequestRejected, ServiceUnavailable
from buildos_app.models.sms import SmsMessage
from buildos_app.notifications.events import Event, SmsFailed
from buildos_app.ports import SmsReceipt
from buildos_app.queue.client import add_planned_jobs
from buildos_app.queue.job import CAMEL, Job, JobContext, Snooze
from buildos_app.sms import sending
from buildos_app.sms.failures import MOST_ATTEMPTS, classify, wait_before
from buildos_app.sms.kinds import QUEUE_PRIORITY, SmsPriority

SENDS_WITHIN = timedelta(seconds=10)
"""A worker that was held up for longer after it said that it sends does not send: another may be at it by now."""
SETTLES_IN = timedelta(seconds=30)
"""When nothing that was begun can reach Twilio any more: more than SENDS_WITHIN and what we wait for an answer."""
_NAME_JOBS = sa.text(
    "UPDATE sms_messages m SET job_id = j.job_id FROM unnest(:ids, :job_ids) AS j (id, job_id) WHERE m.id = j.id"
).bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid)), sa.bindparam("job_ids", type_=ARRAY(sa.Uuid)))


class SendSms(Job):
    """Send one message of the table `sms_messages`. Only the attempt that the message is at sends anything."""

    model_config = CAMEL

    job_type: ClassVar[str] = "send_sms"
    max_attempts: ClassVar[int] = MOST_ATTEMPTS
    timeout: ClassVar[float] = 60.0

    message_id: UUID
    attempt: int = Field(default=1, ge=1)

    @property
    def dedup_key(self) -> str:
        """One at a time per message and attempt."""
        return f"sms-{self.message_id}-{self.attempt}"

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return SmsFailed(message_id=self.message_id, reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """A crash anywhere in here is made good by the next run: see docs/decisions/ on texts that are sent once."""
        await ctx.progress(1, 3, "Looking at your settings")
        async with ctx.session() as session:
            turn = await sending.begin(session, ctx.user_id, self.message_id, self.attempt)
        if isinstance(turn, sending.InDoubt):
            turn = await self._settle(ctx, turn)
        if isinstance(turn, sending.Wait):
            raise Snooze(turn.until)
        if isinstance(turn, sending.Over):
            return {"sent": turn.was_sent, "reason": turn.reason}
        if isinstance(turn, sending.InDoubt):
            raise Snooze(turn.since + SETTLES_IN)
        await ctx.progress(2, 3, "Sending")
        receipt = await self._ask(ctx, turn)
        await self._save(ctx, receipt)
        return None

    async def _settle(self, ctx: JobContext, doubt: sending.InDoubt) -> sending.Turn:
        """Ask Twilio whether an earlier run has sent the message; if not, begin anew."""
        if now() < doubt.since + SETTLES_IN:
            return sending.Wait(doubt.since + SETTLES_IN)
        try:
            found = await ctx.ports.sms.find(doubt.message, doubt.since)
        except IntegrationError as error:
            raise await self._failed(ctx, doubt.since, error, keep_doubt=True) from error
        async with ctx.session() as session:
            receipt = await sending.unknown_among(session, self.message_id, found)
            if receipt is not None:
                await note(session, self.message_id, self.attempt, receipt)
                return sending.Over("Twilio had it already.", was_sent=True)
            return await sending.begin(session, ctx.user_id, self.message_id, self.attempt, settled=doubt.since)

    async def _ask(self, ctx: JobContext, turn: sending.Go) -> SmsReceipt:
        try:
            if now() > turn.since + SENDS_WITHIN:
                raise ServiceUnavailable("The worker was held up before it could ask Twilio.")
            return await ctx.ports.sms.send(turn.message)
        except IntegrationError as error:
            perhaps = isinstance(error, ServiceUnavailable) and error.perhaps_done
            raise await self._failed(ctx, turn.since, error, keep_doubt=perhaps) from error

    async def _save(self, ctx: JobContext, receipt: SmsReceipt) -> None:
        async with ctx.session() as session:
            await note(session, self.message_id, self.attempt, receipt)
            await ctx.complete(session, {"sent": True, "sid": receipt.sid})

    async def _failed(
        self, ctx: JobContext, since: datetime, error: IntegrationError, *, keep_doubt: bool
    ) -> IntegrationError:
        """Write down why it did not work; the error that ends this run, with the wait before the next."""
        failure = classify(error.code)
        wait = wait_before(failure, ctx.attempt)
        if isinstance(error, RequestRejected) and error.code is None:
            wait = None  # a setting is missing
        async with ctx.session() as session:
            await sending.save_failure(
                session, self.message_id, self.attempt, since, error, is_last=wait is None, keep_doubt=keep_doubt
            )
        if wait is None:
            return RequestRejected(str(error), code=error.code)
        given = error.retry_after if isinstance(error, ServiceUnavailable) else None
        return ServiceUnavailable(str(error), retry_after=given or wait.total_seconds(), code=error.code)


async def note(session: AsyncSession, message_id: UUID, attempt: int, receipt: SmsReceipt) -> None:
    """Take what Twilio says about an attempt; where that failed and another one is worth it, add its job."""
    saved = await sending.save(session, message_id, attempt, receipt)
    if saved is not None and saved[1].again:
        await add_attempt(session, saved[0])


class Waiting(Protocol):
    """What a message's job is made of."""

    id: UUID
    user_id: UUID
    attempt: int
    priority: str
    scheduled_for: datetime


async def add_attempt(session: AsyncSession, row: SmsMessage) -> None:
    """Add the job of a message's present attempt for its moment, and name it in the row."""
    await session.flush()
    await add_attempts(session, [row])


async def add_attempts(session: AsyncSession, messages: Iterable[Waiting]) -> None:
    """The same for many messages, whose rows are written: two statements for each priority."""
    by_priority: dict[str, list[Waiting]] = {}
    for message in messages:
        by_priority.setdefault(message.priority, []).append(message)
    for priority, those in by_priority.items():
        jobs = [(each.user_id, each.scheduled_for, SendSms(message_id=each.id, attempt=each.attempt)) for each in those]
        ids = await add_planned_jobs(session, jobs, priority=QUEUE_PRIORITY[SmsPriority(priority)])
        await session.execute(_NAME_JOBS, {"ids": [each.id for each in those], "job_ids": ids})
