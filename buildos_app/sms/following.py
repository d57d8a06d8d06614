"""What became of a message of which Twilio reports nothing: a report can be lost, so after a while we ask ourselves."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.db.session import queue_session, service_session
from buildos_app.errors import RequestRejected
from buildos_app.models.sms import SmsMessage
from buildos_app.queue.client import add_planned_jobs
from buildos_app.queue.job import CAMEL, Job, JobContext
from buildos_app.sms.jobs import note

ASK_FOR = timedelta(days=1)
"""After so long Twilio knows as much as it ever will: some carriers never say that a message arrived."""
MOST_AT_ONCE = 500
UNKNOWN_TO_TWILIO = 20404
"""Twilio's code for a resource that is not there; any other refusal is about us and may pass."""

_SILENT = "FROM sms_messages WHERE ask_at <= now()"
_ANY = sa.text(f"SELECT EXISTS (SELECT {_SILENT})")
_TAKE = sa.text(
    f"""
    UPDATE sms_messages m SET
        ask_at = CASE WHEN m.sent_at > now() - :ask_for THEN now() + (now() - m.sent_at) END
    FROM (SELECT id {_SILENT} ORDER BY ask_at LIMIT :most FOR UPDATE SKIP LOCKED) d
    WHERE m.id = d.id RETURNING m.user_id, m.id
    """  # noqa: S608 - our own words
).bindparams(sa.bindparam("ask_for", type_=sa.Interval))


class FollowSms(Job):
    """Ask Twilio about one message. What it says is taken as a report is: a status never goes back."""

    model_config = CAMEL

    job_type: ClassVar[str] = "follow_sms"
    max_attempts: ClassVar[int] = 3
    timeout: ClassVar[float] = 60.0

    message_id: UUID

    @property
    def dedup_key(self) -> str:
        """One at a time per message."""
        return f"sms-{self.message_id}"

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Nothing is changed by what is no news; a message that Twilio does not know is not asked for again."""
        async with ctx.session() as session:
            asked = await _read(session, self.message_id)
        if asked is None:
            return {"status": None}
        sid, attempt = asked
        try:
            receipt = await ctx.ports.sms.look_up(sid)
        except RequestRejected as error:
            if error.code == UNKNOWN_TO_TWILIO:
                async with ctx.session() as session:
                    await _ask_no_more(session, self.message_id, sid)
            raise
        async with ctx.session() as session:
            await note(session, self.message_id, attempt, receipt)
        return {"status": receipt.status}


async def follow_silent_texts() -> None:
    """The periodic duty: a job for each message that was silent for too long, in three statements; every worker may."""
    async with queue_session() as session:
        if not (await session.execute(_ANY)).scalar_one():
            return
    async with service_session("ask what became of text messages") as session:
        await take_silent(session)


async def take_silent(session: AsyncSession) -> int:
    """Add the jobs of the messages to ask about now, as the service role; how many. Each next wait is twice as long."""
    due = (await session.execute(_TAKE, {"ask_for": ASK_FOR, "most": MOST_AT_ONCE})).all()
    await add_planned_jobs(session, [(row.user_id, now(), FollowSms(message_id=row.id)) for row in due])
    return len(due)


async def _read(session: AsyncSession, message_id: UUID) -> tuple[str, int] | None:
    """(SID, attempt) of a message that Twilio has taken."""
    query = sa.select(col(SmsMessage.twilio_sid), col(SmsMessage.attempt)).where(col(SmsMessage.id) == message_id)
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row is not None and row[0] is not None else None


async def _ask_no_more(session: AsyncSession, message_id: UUID, sid: str) -> None:
    same = (col(SmsMessage.id) == message_id, col(SmsMessage.twilio_sid) == sid)
    await session.execute(sa.update(SmsMessage).where(*same).values(ask_at=None))
