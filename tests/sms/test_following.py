"""Reports that are lost: after a while Twilio is asked, by the same rules; and what says that it was asked enough."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.clock import now
from buildos_app.db.session import queue_session, service_session
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.queue.client import register_job_types
from buildos_app.sms.following import FollowSms, follow_silent_texts, take_silent
from tests.fixtures.jobs import Perform
from tests.fixtures.phone import Twilio
from tests.sms.people import counted, give_phone, job_of, later, queue, row_of, run


@pytest.fixture
async def silent(user_id: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio) -> UUID:
    """A message that Twilio took, and of which it reports nothing; three minutes ago."""
    await give_phone(user_id)
    message_id = await queue(user_id)
    await perform(job_of(message_id), sms=sms)
    await pass_by(3)
    return message_id


async def pass_by(minutes: int) -> None:
    shift = "UPDATE sms_messages SET sent_at = sent_at - :by, ask_at = ask_at - :by"
    await run(shift, by=timedelta(minutes=minutes))


async def jobs() -> int:
    """How many are to be asked now."""
    async with queue_session() as session:
        await register_job_types(session)
    await follow_silent_texts()
    async with service_session("test") as session:
        found = await session.execute(
            sa.text("SELECT count(*) FROM queue_jobs WHERE job_type = 'follow_sms' AND status = 'pending'")
        )
    return int(found.scalar_one())


async def test_a_delivery_is_seen_although_every_report_is_lost(
    silent: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    twilio.become(str((await row_of(silent)).twilio_sid), "delivered")
    assert (await row_of(silent)).status == "queued"
    assert await jobs() == 1

    row = await perform(FollowSms(message_id=silent), sms=sms)

    message = await row_of(silent)
    assert (row.status, row.result) == ("completed", {"status": "delivered"})
    assert (message.status, message.ask_at) == ("delivered", None)
    assert message.delivered_at is not None
    assert twilio.ledger()["calls"] == ["create", "fetch"]


async def test_a_failure_that_nobody_reported_is_tried_again(
    silent: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    """By the rules of a report: a carrier's trouble is tried again as an attempt of its own, and told when it stays."""
    twilio.become(str((await row_of(silent)).twilio_sid), "undelivered", 30003)
    for _ in range(2):
        await perform(FollowSms(message_id=silent), sms=sms)
    message = await row_of(silent)
    assert (message.status, message.attempt, message.twilio_sid, message.ask_at) == ("scheduled", 2, None, None)
    await later()
    await perform(job_of(silent, 2), sms=sms)
    assert len(twilio.sent()) == 2


async def test_it_is_asked_ever_more_rarely_and_not_for_ever(silent: UUID) -> None:
    """After 3 minutes of silence, 6, 12, …; a day later no more, and a report puts it off."""
    before = now()
    assert await jobs() == 1
    ask_at = (await row_of(silent)).ask_at
    assert ask_at is not None and timedelta(seconds=175) < ask_at - before < timedelta(seconds=190)
    assert await jobs() == 1, "not asked again before"
    await pass_by(24 * 60)
    async with service_session("test") as session:
        assert await take_silent(session) == 1
    assert (await row_of(silent)).ask_at is None


async def test_what_twilio_does_not_know_is_not_asked_for_again(
    silent: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    twilio.reset()
    row = await perform(FollowSms(message_id=silent), sms=sms)
    assert row.status == "failed"
    assert (await row_of(silent)).ask_at is None


async def test_a_wrong_token_ends_nothing(silent: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio) -> None:
    """What Twilio refuses for another reason than that it does not know the message is asked for again."""
    ask_at = (await row_of(silent)).ask_at
    twilio.next({"kind": "refusal", "status": 401, "code": 20003, "on": "fetch"})
    row = await perform(FollowSms(message_id=silent), sms=sms)
    assert row.status == "failed"
    assert (await row_of(silent)).ask_at == ask_at is not None


async def test_many_are_taken_in_as_many_statements_as_one(user_id: UUID) -> None:
    await give_phone(user_id)
    async with queue_session() as session:
        await register_job_types(session)
    counts = []
    for number in (1, 50):
        await run(
            "INSERT INTO sms_messages (user_id, kind, status, scheduled_for, sent_at, twilio_sid, ask_at)"
            " SELECT id, 'brief_ready', 'sent', now(), now() - interval '5 minutes', gen_random_uuid()::text, now()"
            " FROM users, generate_series(1, :number)",
            number=number,
        )
        async with service_session("test") as session:
            with counted() as statements:
                assert await take_silent(session) == number
        counts.append(len(statements))
    assert counts == [2, 2]
