"""People with phones, and their messages, for the tests of this folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from buildos_app.db.engine import async_engine
from buildos_app.db.session import service_session, user_session
from buildos_app.models.sms import SmsMessage
from buildos_app.sms.jobs import SendSms
from buildos_app.sms.kinds import Kind
from buildos_app.sms.preferences import Chosen, choose
from buildos_app.sms.queueing import queue_sms
from tests.fixtures.phone import PHONE

ALL_ON = Chosen(
    task_reminders=True,
    event_reminders=True,
    brief_ready=True,
    morning_kickoff=True,
    evening_recap=True,
    quiet_start=None,
    quiet_end=None,
)


async def give_phone(user_id: UUID, number: str = PHONE, chosen: Chosen = ALL_ON) -> None:
    """A proven number and these wishes."""
    async with service_session("test") as session:
        await session.execute(
            sa.text("INSERT INTO sms_phones (user_id, number, verified_at) VALUES (:id, :number, now())"),
            {"id": user_id, "number": number},
        )
    await wish(user_id, chosen)


async def wish(user_id: UUID, chosen: Chosen) -> None:
    async with user_session(user_id) as session:
        await choose(session, user_id, chosen)


async def queue(user_id: UUID, counts: str = "3 for today", kind: Kind = Kind.BRIEF_READY, **more: Any) -> UUID:
    """A message about a brief, which needs nothing but its counts."""
    async with user_session(user_id) as session:
        message_id = await queue_sms(session, user_id, kind, {"counts": counts}, **more)
    assert message_id is not None
    return message_id


async def row_of(message_id: UUID) -> SmsMessage:
    async with service_session("test") as session:
        row = await session.get(SmsMessage, message_id)
    assert row is not None
    return row


async def the_rows() -> list[SmsMessage]:
    async with service_session("test") as session:
        return list((await session.execute(sa.select(SmsMessage).order_by(SmsMessage.id))).scalars())  # type: ignore[arg-type]


async def run(statement: str, **values: Any) -> None:
    async with service_session("test") as session:
        await session.execute(sa.text(statement), values)


async def later() -> None:
    """A minute passes: what was in doubt has settled, and whoever waits is due."""
    await run("UPDATE sms_messages SET attempted_at = attempted_at - interval '1 minute'")
    await run("UPDATE queue_jobs SET scheduled_for = now() WHERE status IN ('pending', 'retrying')")


def job_of(message_id: UUID, attempt: int = 1) -> SendSms:
    return SendSms(message_id=message_id, attempt=attempt)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent within."""
    sent: list[str] = []
    engine = async_engine().sync_engine

    def take(*arguments: Any) -> None:
        sent.append(arguments[2])

    sa.event.listen(engine, "before_cursor_execute", take)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", take)
