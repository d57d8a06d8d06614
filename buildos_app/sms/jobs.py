"""The job that sends one text message: load, ask, save, with an answer to "was it sent already?" at every point."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import now
from buildos_app.errors import IntegrationError, RequestRejected, ServiceUnavailable
from buildos_app.models.sms import SmsMessage
from buildos_app.notifications.events import Event, SmsFailed
from buildos_app.ports import SmsReceipt
from buildos_app.queue.client import add_job
from buildos_app.queue.job import Job, JobContext, Snooze
from buildos_app.sms import sending
from buildos_app.sms.failures import MOST_ATTEMPTS, classify, wait_before
from buildos_app.sms.kinds import QUEUE_PRIORITY, SmsPriority

SETTLES_IN = timedelta(seconds=30)
"""How long after an answer was lost Twilio may still be busy with the request: twice what we wait for an answer."""


class SendSms(Job):
    """Send one message of the table `sms_messages`. Only the attempt that the message is at sends anything."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

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
            raise await self._failed(ctx, error, keep_doubt=True) from error
        async with ctx.session() as session:
            receipt = await sending.unknown_among(session, self.message_id, found)
            if receipt is not None:
                await self._note(ctx, session, receipt)
                return sending.Over("Twilio had it already.", was_sent=True)
            return await sending.begin(session, ctx.user_id, self.message_id, self.attempt, is_settled=True)

    async def _ask(self, ctx: JobContext, turn: sending.Go) -> SmsReceipt:
        try:
            return await ctx.ports.sms.send(turn.message)
        except IntegrationError as error:
            perhaps = isinstance(error, ServiceUnavailable) and error.perhaps_done
            raise await self._failed(ctx, error, keep_doubt=perhaps) from error

    async def _save(self, ctx: JobContext, receipt: SmsReceipt) -> None:
        async with ctx.session() as session:
            await self._note(ctx, session, receipt)
            await ctx.complete(session, {"sent": True, "sid": receipt.sid})

    async def _note(self, ctx: JobContext, session: AsyncSession, receipt: SmsReceipt) -> None:
        saved = await sending.save(session, self.message_id, self.attempt, receipt)
        if saved is not None and saved[1].again:
            await add_attempt(session, saved[0])

    async def _failed(self, ctx: JobContext, error: IntegrationError, *, keep_doubt: bool) -> IntegrationError:
        """Write down why it did not work; the error that ends this run, with the wait before the next."""
        failure = classify(error.code)
        wait = wait_before(failure, ctx.attempt)
        if isinstance(error, RequestRejected) and error.code is None:
            wait = None  # a setting is missing
        async with ctx.session() as session:
            await sending.save_failure(
                session, ctx.user_id, self.message_id, self.attempt, error, is_last=wait is None, keep_doubt=keep_doubt
            )
        if wait is None:
            return RequestRejected(str(error), code=error.code)
        given = error.retry_after if isinstance(error, ServiceUnavailable) else None
        return ServiceUnavailable(str(error), retry_after=given or wait.total_seconds(), code=error.code)


async def add_attempt(session: AsyncSession, row: SmsMessage) -> None:
    """Add the job of a message's present attempt for its moment, and name it in the row."""
    await session.flush()
    job = SendSms(message_id=row.id, attempt=row.attempt)
    urgency = QUEUE_PRIORITY[SmsPriority(row.priority)]
    row.job_id = await add_job(session, row.user_id, job, scheduled_for=row.scheduled_for, priority=urgency)
