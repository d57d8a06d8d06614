"""Sending: once and only once, through Twilio's SDK and the sandbox's ledger, with a crash at every point."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import local_now
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, IntegrationError, NotFound, ServiceUnavailable
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.models.sms import SmsStatus
from buildos_app.ports import NoSms, OutgoingSms, Ports, SmsReceipt
from buildos_app.queue.job import JobContext, Snooze
from buildos_app.sms.kinds import Kind
from buildos_app.sms.preferences import Chosen
from buildos_app.sms.queueing import queue_sms, resend
from tests.fixtures.database import make_user
from tests.fixtures.jobs import Perform
from tests.fixtures.phone import PHONE, Twilio
from tests.sms.people import ALL_ON, give_phone, job_of, later, queue, row_of, run, the_rows, wish

BERLIN = "Europe/Berlin"


@pytest.fixture
async def mira(user_id: UUID) -> UUID:
    await give_phone(user_id)
    return user_id


async def test_a_message_goes_out_once(mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio) -> None:
    message_id = await queue(mira)

    row = await perform(job_of(message_id), sms=sms)
    again = await perform(job_of(message_id), sms=sms)

    [kept] = twilio.sent()
    message = await row_of(message_id)
    assert (row.status, row.result) == ("completed", {"sent": True, "sid": kept["sid"]})
    assert again.result == {"sent": True, "reason": "Sent already."}
    assert kept["body"] == "Your brief is ready: 3 for today."
    assert (message.status, message.twilio_sid, message.content) == ("queued", kept["sid"], kept["body"])
    assert message.sent_at is not None and message.attempted_at is None
    assert f"message_id={message_id}&user_id={mira}&attempt=1" in kept["status_callback"]


async def test_the_row_and_the_job_come_together_or_not_at_all(mira: UUID) -> None:
    with pytest.raises(ZeroDivisionError):
        async with user_session(mira) as session:
            await queue_sms(session, mira, Kind.BRIEF_READY, {"counts": "1"})
            raise ZeroDivisionError
    assert await the_rows() == []
    message_id = await queue(mira)
    async with service_session("test") as session:
        job = (await session.execute(sa.text("SELECT id, user_id, metadata FROM queue_jobs"))).one()
    assert job.id == (await row_of(message_id)).job_id
    assert job.metadata == {"message_id": str(message_id), "attempt": 1}, "no number and no text in a payload"


async def test_one_subject_is_one_message(mira: UUID) -> None:
    first = await queue(mira, key="brief:2026-11-25")
    async with user_session(mira) as session:
        again = await queue_sms(session, mira, Kind.BRIEF_READY, {"counts": "9"}, key="brief:2026-11-25")
    assert again is None
    assert [row.id for row in await the_rows()] == [first]


# Who may not


async def test_nobody_gets_what_they_never_asked_for(user_id: UUID) -> None:
    """Without a phone and with everything off there is no row at all; opted out, there is one that says why."""
    async with user_session(user_id) as session:
        assert await queue_sms(session, user_id, Kind.BRIEF_READY, {"counts": "1"}) is None
    await give_phone(user_id, chosen=Chosen())
    async with user_session(user_id) as session:
        assert await queue_sms(session, user_id, Kind.BRIEF_READY, {"counts": "1"}) is None
    assert await the_rows() == []
    await wish(user_id, ALL_ON)
    await run("UPDATE sms_phones SET opted_out_at = now()")
    async with user_session(user_id) as session:
        assert await queue_sms(session, user_id, Kind.BRIEF_READY, {"counts": "1"}) is None
    [row] = await the_rows()
    assert (row.status, row.reason) == ("cancelled", "Text messages are turned off for this number.")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE sms_phones SET opted_out_at = now()", "turned off for this number"),
        ("UPDATE sms_phones SET verified_at = NULL", "No phone number"),
        ("UPDATE sms_preferences SET brief_ready = false", "turned off"),
        ("UPDATE sms_preferences SET daily_limit = 0", "limit of 0"),
        ("UPDATE sms_messages SET not_after = now() - interval '1 minute'", "too late"),
        ("UPDATE sms_messages SET status = 'cancelled'", ""),
        ("UPDATE users SET access_restricted = true", "Your account was shut out"),
    ],
)
async def test_the_rules_are_read_again_when_it_goes_out(
    change: str, reason: str, mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    message_id = await queue(mira)
    await run(change)

    row = await perform(job_of(message_id), sms=sms)

    message = await row_of(message_id)
    assert (row.status, message.status, twilio.sent()) == ("completed", "cancelled", [])
    assert reason in message.reason


async def test_quiet_hours_defer_and_urgent_ones_do_not_wait(
    mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    """Queued in quiet hours, and caught by them on the way; at their end it goes out."""
    here = local_now(BERLIN)
    quiet = replace(ALL_ON, quiet_start=_clock(here - timedelta(hours=1)), quiet_end=_clock(here + timedelta(hours=2)))
    on_its_way = await queue(mira, "5 for today")
    await wish(mira, quiet)
    deferred = await queue(mira)
    await perform(job_of(on_its_way), sms=sms)

    for message_id in (deferred, on_its_way):
        row = await row_of(message_id)
        assert (row.status, row.reason) == ("scheduled", "Waits for the end of your quiet hours.")
        assert timedelta(hours=1, minutes=58) < row.scheduled_for - here < timedelta(hours=2, minutes=2)
    async with service_session("test") as session:
        jobs = (await session.execute(sa.text("SELECT status, scheduled_for, attempts FROM queue_jobs"))).all()
    assert {(job.status, job.scheduled_for, job.attempts) for job in jobs} == {
        ("pending", (await row_of(deferred)).scheduled_for, 0)
    }
    assert twilio.sent() == []
    await wish(mira, ALL_ON)
    await later()
    for message_id in (deferred, on_its_way):
        await perform(job_of(message_id), sms=sms)
    assert len(twilio.sent()) == 2


def _clock(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


async def test_fifty_at_once_never_pass_the_limit(mira: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    messages = [await queue(mira, f"{number} for today") for number in range(50)]

    await asyncio.gather(*(job_of(message_id).run(Context(mira, sms)) for message_id in messages))

    assert len(twilio.sent()) == 10
    reasons = [row.reason for row in await the_rows() if row.status == "cancelled"]
    assert reasons == ["Your limit of 10 messages a day was reached."] * 40


async def test_the_limit_is_of_the_persons_own_day(mira: UUID, sms: TwilioSender) -> None:
    """At their midnight it begins anew; who moves to a zone that is behind keeps the count that they have."""
    await wish(mira, replace(ALL_ON, daily_limit=1))
    await job_of(await queue(mira)).run(Context(mira, sms))
    assert await _count(mira) is False
    await run("UPDATE users SET timezone = 'Pacific/Pago_Pago'")
    assert await _count(mira) is False
    await run("UPDATE users SET timezone = 'Europe/Berlin'")
    await run("UPDATE sms_phones SET sent_day = sent_day - 1")
    assert await _count(mira) is True
    assert await _count(mira) is False


async def _count(user_id: UUID) -> bool:
    async with user_session(user_id) as session:
        return bool((await session.execute(sa.text("SELECT count_sms()"))).scalar_one())


# Crashes and faults


class Crash(BaseException):
    """The worker is gone."""


class Context(JobContext):
    """A run of a worker that dies at its `crash_at`-th step: around each transaction and each request to Twilio."""

    def __init__(self, user_id: UUID, sms: Any, crash_at: int = 0, attempt: int = 1) -> None:
        self.user_id, self.job_id, self.attempt = user_id, uuid4(), attempt
        self.steps, self.crash_at, self.real = 0, crash_at, sms
        self.ports = Ports(llm=OfflineEngine(), sms=self)  # type: ignore[arg-type]

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.crash_at:
            raise Crash

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:  # type: ignore[override]
        self.step()
        async with user_session(self.user_id) as session:
            yield session
            self.step()  # before the commit
        self.step()

    async def progress(self, step: int, steps: int, message: str) -> None:
        self.step()

    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        self.step()

    async def send(self, message: OutgoingSms) -> SmsReceipt:
        self.step()
        receipt: SmsReceipt = await self.real.send(message)
        self.step()  # Twilio has it, and we do not know
        return receipt

    async def find(self, message: OutgoingSms, since: datetime) -> list[SmsReceipt]:
        self.step()
        found: list[SmsReceipt] = await self.real.find(message, since)
        self.step()
        return found


async def attempt(user_id: UUID, message_id: UUID, sms: Any, crash_at: int = 0) -> bool:
    """One run; did it live to its end?"""
    context = Context(user_id, sms, crash_at)
    try:
        await job_of(message_id).run(context)
    except (Crash, Snooze, IntegrationError):
        return False
    return True


async def finish(user_id: UUID, message_id: UUID, sms: Any) -> None:
    """What the queue does: run it again, later, until it is done."""
    for _ in range(6):
        await later()
        if await attempt(user_id, message_id, sms):
            return
    raise AssertionError("it never ended")


async def test_a_crash_at_each_point_loses_and_doubles_nothing(mira: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    """The run dies at its 1st step, its 2nd, … until it lives; each time another worker takes over."""
    await wish(mira, replace(ALL_ON, daily_limit=100))
    crash_at, lived = 0, False
    while not lived:
        crash_at += 1
        message_id = await queue(mira, f"{crash_at} for today")
        lived = await attempt(mira, message_id, sms, crash_at)
        if not lived:
            await finish(mira, message_id, sms)
        assert (await row_of(message_id)).twilio_sid is not None
    bodies = [each["body"] for each in twilio.sent()]
    assert crash_at == 12, "eleven points to die at, and a life"
    assert bodies == [f"Your brief is ready: {number} for today." for number in range(1, crash_at + 1)]


@pytest.mark.parametrize("seed", range(6))
async def test_crashes_and_faults_in_any_order(seed: int, mira: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    """Several deaths in a row and lost answers between them; the same text twice is two messages, and not three."""
    dice = random.Random(seed)
    await wish(mira, replace(ALL_ON, daily_limit=100))
    messages = [await queue(mira, "the same") for _ in range(2)] + [await queue(mira, f"{n}") for n in range(3)]
    faults = [{"kind": "drop"}, {"kind": "drop", "kept": False}, {"kind": "refusal", "status": 503, "on": "list"},
              {"kind": "refusal", "status": 429, "code": 20429}, {"kind": "refusal", "status": 500}]  # fmt: skip
    twilio.next(*dice.choices(faults, k=4))
    for message_id in messages:
        for _ in range(dice.randrange(4)):
            await attempt(mira, message_id, sms, crash_at=dice.randrange(1, 20))
            await later()
    for message_id in messages:
        await finish(mira, message_id, sms)

    bodies = sorted(each["body"] for each in twilio.sent())
    rows = [await row_of(message_id) for message_id in messages]
    assert bodies == sorted(row.content for row in rows)
    assert {row.twilio_sid for row in rows} == {each["sid"] for each in twilio.sent()}


async def test_after_a_lost_answer_twilio_gets_time_to_settle(
    mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    message_id = await queue(mira)
    twilio.next({"kind": "silence", "kept": True})
    row = await perform(job_of(message_id), sms=sms)
    assert row.status == "retrying" and (await row_of(message_id)).attempted_at is not None
    with pytest.raises(Snooze):
        await job_of(message_id).run(Context(mira, sms))

    await later()
    row = await perform(job_of(message_id), sms=sms)

    assert row.result == {"sent": True, "reason": "Twilio had it already."}
    [kept] = twilio.sent()
    assert (await row_of(message_id)).twilio_sid == kept["sid"]
    assert twilio.ledger()["calls"] == ["create", "list", "list"]


async def test_a_worker_that_was_held_up_sends_nothing_and_spoils_nothing(
    mira: UUID, sms: TwilioSender, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said that it sends and stood still while another one sent. It sends nothing, and leaves the other's doubt."""
    message_id = await queue(mira)
    frozen = Context(mira, sms)

    async def stand_still(*step: object) -> None:
        if step[0] == 2:
            await later()
            assert not await attempt(mira, message_id, DropsTheAnswer(sms))
            monkeypatch.setattr("buildos_app.sms.jobs.now", lambda: datetime.now(UTC) + timedelta(seconds=11))

    monkeypatch.setattr(frozen, "progress", stand_still)
    with pytest.raises(ServiceUnavailable, match="held up"):
        await job_of(message_id).run(frozen)
    monkeypatch.undo()

    row = await row_of(message_id)
    assert (row.status, row.attempted_at is not None) == ("sending", True), "still in doubt, by the other one"
    await finish(mira, message_id, sms)
    assert len(twilio.sent()) == 1


class DropsTheAnswer:
    """Twilio, whose answer to a send dies with its worker."""

    def __init__(self, real: TwilioSender) -> None:
        self.find = real.find
        self.real = real

    async def send(self, message: OutgoingSms) -> SmsReceipt:
        await self.real.send(message)
        raise Crash


async def test_what_twilio_refuses_is_told_and_not_tried_again(
    mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    message_id = await queue(mira)
    twilio.next({"kind": "refusal", "status": 400, "code": 21614})

    row = await perform(job_of(message_id), sms=sms)

    message = await row_of(message_id)
    assert (row.status, message.status, message.error_code) == ("failed", "failed", 21614)
    assert "number" in message.reason
    assert await _events() == ["sms_failed"]
    assert PHONE not in (row.error_message or "")


@pytest.mark.parametrize(
    ("turn", "minutes"),
    [
        ({"kind": "refusal", "status": 429, "code": 20429}, 5),
        ({"kind": "refusal", "status": 429, "code": 20429, "headers": {"retry-after": "120"}}, 2),
        ({"kind": "refusal", "status": 503}, 1),
        ({"kind": "drop", "kept": False}, 1),
        ({"kind": "refusal", "status": 400, "code": 12345}, 1),
    ],
)
async def test_what_may_work_later_is_tried_later(
    turn: dict[str, Any], minutes: int, mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    message_id = await queue(mira)
    twilio.next(turn)

    row = await perform(job_of(message_id), sms=sms)

    left = row.scheduled_for - datetime.now(UTC)
    assert row.status == "retrying"
    assert timedelta(minutes=minutes, seconds=-20) < left < timedelta(minutes=minutes * 1.2, seconds=20)
    await later()
    await perform(job_of(message_id), sms=sms)
    assert len(twilio.sent()) == 1


async def test_twilio_says_stop_and_we_listen(mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio) -> None:
    message_id = await queue(mira)
    twilio.next({"kind": "refusal", "status": 400, "code": 21610})

    await perform(job_of(message_id), sms=sms)

    async with user_session(mira) as session:
        reason = (await session.execute(sa.text("SELECT opt_out_reason FROM sms_phones"))).scalar_one()
    assert (reason, (await row_of(message_id)).status) == ("STOP", "failed")


async def test_without_twilio_it_fails_and_says_so(mira: UUID, perform: Perform) -> None:
    row = await perform(job_of(await queue(mira)), sms=NoSms())
    assert (row.status, row.error_message) == (
        "failed",
        "Text messages are not set up here: TWILIO_ACCOUNT_SID is missing.",
    )


async def _events() -> list[str]:
    async with service_session("test") as session:
        return list((await session.execute(sa.text("SELECT event FROM notifications ORDER BY seq"))).scalars())


# Others' rows, and sending again


async def test_nobody_sends_or_reads_anothers(
    mira: UUID, other_user_id: UUID, sms: TwilioSender, twilio: Twilio
) -> None:
    message_id = await queue(mira)
    with pytest.raises(NotFound):
        await job_of(message_id).run(Context(other_user_id, sms))
    async with user_session(other_user_id) as session:
        with pytest.raises(NotFound):
            await resend(session, other_user_id, message_id)
    assert twilio.sent() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sms_phones SET verified_at = now()",
        "INSERT INTO sms_phones (user_id, number, verified_at) VALUES (app_user_id(), '+1', now())",
        "UPDATE sms_phones SET sent_today = 0",
        "SELECT * FROM sms_inbound",
    ],
)
async def test_a_person_cannot_write_that_a_number_is_proven(statement: str, mira: UUID) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        async with user_session(mira) as session:
            await session.execute(sa.text(statement))


async def test_what_did_not_arrive_can_be_sent_again(
    mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    message_id = await queue(mira)
    async with user_session(mira) as session:
        with pytest.raises(Conflict, match="on its way"):
            await resend(session, mira, message_id)
    await run("UPDATE sms_messages SET status = 'undelivered'")
    async with user_session(mira) as session:
        await resend(session, mira, message_id)
    [_, copy] = await the_rows()
    await perform(job_of(copy.id), sms=sms)
    assert [each["body"] for each in twilio.sent()] == ["Your brief is ready: 3 for today."]
    await run("UPDATE sms_messages SET status = :status", status=SmsStatus.FAILED)
    await run("UPDATE sms_phones SET opted_out_at = now()")
    with pytest.raises(Conflict, match="turned off"):
        async with user_session(mira) as session:
            await resend(session, mira, message_id)


async def test_a_number_is_one_persons(mira: UUID, database: str) -> None:
    other = await make_user("kei@example.org")
    with pytest.raises(sa.exc.IntegrityError):
        await give_phone(other)
