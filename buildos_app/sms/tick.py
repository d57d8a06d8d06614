"""The periodic tick: writes down the texts that are due soon, and picks up those whose job was lost."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.db.session import queue_session, service_session
from buildos_app.models.sms import SmsMessage, SmsStatus
from buildos_app.queue.client import begin_tick, last_tick
from buildos_app.sms.events import SOURCES, EventFact
from buildos_app.sms.jobs import add_attempts
from buildos_app.sms.planning import AHEAD, URGENT_LEAD, DueTask, PlannedText, plan_texts
from buildos_app.sms.preferences import STANDING, standing_of
from buildos_app.sms.queueing import queue_texts
from buildos_app.sms.timing import TASK_MOMENTS

logger = logging.getLogger(__name__)

TICK, EVERY = "plan_due_texts", timedelta(minutes=5)
LOST_AFTER = timedelta(minutes=10)

_PEOPLE = sa.text(f"{STANDING} WHERE s.verified_at IS NOT NULL AND s.opted_out_at IS NULL AND NOT u.access_restricted")
_TASKS = sa.text(
    f"SELECT t.id, t.user_id, t.title, t.priority, t.on_date, t.moment FROM ({TASK_MOMENTS}) t"  # noqa: S608
    " JOIN sms_phones s ON s.user_id = t.user_id AND s.verified_at IS NOT NULL AND s.opted_out_at IS NULL"
    " WHERE t.moment > :at AND t.moment <= :until"
    " AND (t.on_date IS NULL OR t.on_date BETWEEN CAST(:at AS date) - 1 AND CAST(:until AS date) + 1)"
)
_KNOWN = sa.text(
    "SELECT m.user_id, m.subject_key FROM sms_messages m"
    " JOIN unnest(:people, :keys) AS k (user_id, key) ON k.user_id = m.user_id AND k.key = m.subject_key"
).bindparams(sa.bindparam("people", type_=ARRAY(sa.Uuid)), sa.bindparam("keys", type_=ARRAY(sa.Text)))
_LOST = sa.text(
    """
    SELECT m.id, j.status = 'cancelled' AND m.attempted_at IS NULL AS is_cancelled
    FROM sms_messages m LEFT JOIN queue_jobs j ON j.id = m.job_id
    WHERE m.status IN ('pending', 'scheduled', 'sending') AND m.scheduled_for < now() - CAST(:age AS interval)
        AND m.updated_at < now() - CAST(:age AS interval)
        AND NOT EXISTS (
            SELECT FROM queue_jobs l WHERE l.job_type = 'send_sms' AND l.user_id = m.user_id
                AND l.status IN ('pending', 'processing', 'retrying') AND l.metadata ->> 'message_id' = m.id::text
        )
    LIMIT 500
    """
)


async def plan_due_texts() -> None:
    """The periodic duty. Every worker wakes it; one begins the tick, plans, and commits both together."""
    async with queue_session() as session:
        before = await last_tick(session, TICK)
    if before is not None and now() - before < EVERY:
        return
    async with service_session("plan text messages") as session:
        if await begin_tick(session, TICK, EVERY):
            await write_down(session, now())
            await pick_up_lost(session)


async def write_down(session: AsyncSession, at: datetime) -> int:
    """Queue what is due soon at `at`, as the service role; how many are new.

    A text is known by what it is about and when, so that planning twice is once, and what was moved is planned anew.
    """
    people = {row["user_id"]: standing_of(row) for row in (await session.execute(_PEOPLE)).mappings()}
    if not people:
        return 0
    until = at + AHEAD + URGENT_LEAD
    tasks = [DueTask(*row) for row in await session.execute(_TASKS, {"at": at, "until": until})]
    events: list[EventFact] = []
    for source in SOURCES:
        events += await source.starting(session, at, until)
    made = await queue_texts(session, await _new_ones(session, plan_texts(people, tasks, events, at)), people)
    logger.info("texts: %d new ones for %d people with a phone", len(made), len(people))
    return len(made)


async def _new_ones(session: AsyncSession, planned: Sequence[PlannedText]) -> list[PlannedText]:
    keys: dict[str, Any] = {"people": [text.user_id for text in planned], "keys": [text.key for text in planned]}
    known = {(row.user_id, row.subject_key) for row in await session.execute(_KNOWN, keys)}
    return [text for text in planned if (text.user_id, text.key) not in known]


async def pick_up_lost(session: AsyncSession) -> int:
    """Give a new job to each message that waits although its job ended, as a worker that died three times leaves it;
    how many. What its person cancelled stays cancelled."""
    found = {row.id: row.is_cancelled for row in await session.execute(_LOST, {"age": LOST_AFTER})}
    query = sa.select(SmsMessage).where(col(SmsMessage.id).in_(found)).with_for_update()
    lost = (await session.execute(query)).scalars().all()
    for row in lost:
        if found[row.id]:
            row.status, row.reason = SmsStatus.CANCELLED, "You cancelled it."
        else:
            row.scheduled_for = now()
    await session.flush()
    await add_attempts(session, [row for row in lost if not found[row.id]])
    return len(lost)
