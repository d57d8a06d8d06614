"""What Twilio tells us: signed or nothing, never back, and a hundred times the same is once."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
import sqlalchemy as sa
from twilio.request_validator import RequestValidator

from buildos_app.api.requests import LARGEST_BODY
from buildos_app.api.routes import routes
from buildos_app.db.session import service_session
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.sms.templates import HELP
from buildos_app.ui.ports import the_ports
from tests.fixtures.database import make_user
from tests.fixtures.jobs import Perform
from tests.fixtures.phone import PHONE, Twilio
from tests.sms.people import give_phone, job_of, later, queue, row_of, run

BASE = "http://localhost:3000"
STATUS, INBOUND = "/api/webhooks/twilio/status", "/api/webhooks/twilio/inbound"


class Caller:
    """Twilio, or somebody who claims to be."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def post(self, path: str, fields: dict[str, str], *, signature: str | None = None) -> httpx2.Response:
        if signature is None:
            signature = RequestValidator(self.token).compute_signature(BASE + path, fields)
        return await self.client.post(path, data=fields, headers={"x-twilio-signature": signature})

    async def report(self, message_id: UUID, user_id: UUID, sid: str, status: str, code: int = 0, n: int = 1) -> int:
        path = f"{STATUS}?{urlencode({'message_id': message_id, 'user_id': user_id, 'attempt': n})}"
        fields = {"MessageSid": sid, "MessageStatus": status} | ({"ErrorCode": str(code)} if code else {})
        return (await self.post(path, fields)).status_code

    async def text(self, body: str, sid: str | None = None, **more: str) -> str:
        sid = sid or f"SM{uuid4().hex}"
        return (await self.post(INBOUND, {"MessageSid": sid, "From": PHONE, "Body": body, **more})).text


@pytest_asyncio.fixture
async def caller(database: str, twilio: Twilio) -> AsyncIterator[Caller]:
    transport = httpx2.ASGITransport(app=routes(the_ports))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        yield Caller(client, twilio.account.auth_token)


@pytest.fixture
async def sent(user_id: UUID, perform: Perform, sms: TwilioSender) -> tuple[UUID, UUID, str]:
    """A message that Twilio has: (its id, its person, its SID)."""
    await give_phone(user_id)
    message_id = await queue(user_id)
    await perform(job_of(message_id), sms=sms)
    return message_id, user_id, str((await row_of(message_id)).twilio_sid)


async def picture() -> Any:
    """Everything that a webhook could change."""
    async with service_session("test") as session:
        columns = "id, status, reason, attempt, twilio_sid, error_code, sent_at, delivered_at"
        messages = (await session.execute(sa.text(f"SELECT {columns} FROM sms_messages"))).all()
        phones = (await session.execute(sa.text("SELECT user_id, opted_out_at FROM sms_phones ORDER BY 1"))).all()
        counts = [
            (await session.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()
            for table in ("queue_jobs", "notifications", "sms_inbound")
        ]
    return messages, phones, counts


async def test_a_delivery_step_by_step(sent: tuple[UUID, UUID, str], caller: Caller) -> None:
    for status, ours in (("queued", "queued"), ("sending", "sending"), ("sent", "sent"), ("delivered", "delivered")):
        assert await caller.report(*sent, status) == 200
        assert (await row_of(sent[0])).status == ours
    row = await row_of(sent[0])
    assert row.sent_at is not None and row.delivered_at is not None


async def test_trap_88_reports_in_any_order_and_doubled(sent: tuple[UUID, UUID, str], caller: Caller) -> None:
    await caller.report(*sent, "delivered")
    before = await picture()
    for status in ("sent", "queued", "failed", "undelivered", "delivered", "nonsense", "canceled"):
        assert await caller.report(*sent, status, 30003) == 200
    assert await picture() == before


async def test_a_report_may_be_faster_than_the_answer(
    user_id: UUID, caller: Caller, sms: TwilioSender, twilio: Twilio, perform: Perform
) -> None:
    """The answer of the API is lost, the report is not: nothing is in doubt, and nothing is asked or sent again."""
    await give_phone(user_id)
    message_id = await queue(user_id)
    twilio.next({"kind": "drop"})
    await perform(job_of(message_id), sms=sms)
    [kept] = twilio.sent()

    await caller.report(message_id, user_id, kept["sid"], "sent")
    await later()
    row = await perform(job_of(message_id), sms=sms)

    assert row.result == {"sent": True, "reason": "Sent already."}
    assert (await row_of(message_id)).status == "sent"
    assert twilio.ledger()["calls"] == ["create"]


async def test_what_could_not_be_delivered_is_tried_again_three_times(
    sent: tuple[UUID, UUID, str], caller: Caller, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    """Each try is a message of its own at Twilio; late reports about an earlier one change nothing."""
    message_id, user_id, first = sent
    waits = []
    for attempt in (1, 2, 3):
        row = await row_of(message_id)
        await caller.report(message_id, user_id, str(row.twilio_sid), "undelivered", 30003, attempt)
        row = await row_of(message_id)
        if attempt < 3:
            assert (row.status, row.attempt, row.twilio_sid) == ("scheduled", attempt + 1, None)
            waits.append(round((row.scheduled_for - row.updated_at).total_seconds() / 60))
            before = await picture()
            await caller.report(message_id, user_id, first, "delivered")
            await caller.report(message_id, user_id, first, "undelivered", 30003)
            assert await picture() == before
            await later()
            await perform(job_of(message_id, attempt + 1), sms=sms)
    assert waits == [3, 6]
    row = await row_of(message_id)
    assert (row.status, row.reason, len(twilio.sent())) == ("undelivered", "Your phone could not be reached.", 3)
    assert await events() == ["sms_failed"]


@pytest.mark.parametrize("code", [30005, 30007, 30004, 20003])
async def test_what_will_never_arrive_is_told_once(code: int, sent: tuple[UUID, UUID, str], caller: Caller) -> None:
    for _ in range(3):
        await caller.report(*sent, "undelivered", code)
    row = await row_of(sent[0])
    assert (row.status, row.error_code) == ("undelivered", code)
    assert await events() == ["sms_failed"]


async def test_21610_is_an_opt_out(sent: tuple[UUID, UUID, str], caller: Caller) -> None:
    await caller.report(*sent, "failed", 21610)
    assert await opted_out() == [True]


async def events() -> list[str]:
    async with service_session("test") as session:
        return list((await session.execute(sa.text("SELECT event FROM notifications ORDER BY seq"))).scalars())


async def opted_out() -> list[bool]:
    async with service_session("test") as session:
        found = await session.execute(sa.text("SELECT opted_out_at IS NOT NULL FROM sms_phones ORDER BY user_id"))
        return list(found.scalars())


# Attacks


async def test_attacks_change_nothing(sent: tuple[UUID, UUID, str], caller: Caller, user_id: UUID) -> None:
    """No signature, a wrong one, another's, one of another address, more fields, another message's id: refused."""
    message_id, _, sid = sent
    path = f"{STATUS}?{urlencode({'message_id': message_id, 'user_id': user_id, 'attempt': 1})}"
    fields = {"MessageSid": sid, "MessageStatus": "delivered"}
    good = RequestValidator(caller.token).compute_signature(BASE + path, fields)
    before = await picture()

    tries = [
        await caller.post(path, fields, signature=""),
        await caller.post(path, fields, signature="AAAA"),
        await caller.post(path, fields, signature=good.lower()),
        await caller.post(path, fields, signature=RequestValidator("").compute_signature(BASE + path, fields)),
        await caller.post(path + "&x=1", fields, signature=good),
        await caller.post(STATUS, fields, signature=good),
        await caller.post(path, {**fields, "ErrorCode": "21610"}, signature=good),
        await caller.post(INBOUND, {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}, signature=good),
        await caller.client.post(path, data=fields),
    ]

    assert {answer.status_code for answer in tries} == {403}
    too_long = {**fields, "Body": "x" * LARGEST_BODY}
    assert (await caller.post(path, too_long)).status_code == 413
    assert (await caller.client.get(path)).status_code == 405
    for missing in ({}, {"MessageSid": sid}, {"MessageStatus": "sent"}):
        assert (await caller.post(path, missing)).status_code == 400
    assert await picture() == before


async def test_no_database_is_asked_before_the_signature(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from buildos_app.api import twilio as webhooks

    monkeypatch.setattr(webhooks, "service_session", None)
    assert (await caller.post(STATUS, {"MessageSid": "SM1", "MessageStatus": "sent"}, signature="x")).status_code == 403
    assert (await caller.post(INBOUND, {"From": PHONE, "Body": "STOP"}, signature="x")).status_code == 403


async def test_reports_about_what_is_not_ours(sent: tuple[UUID, UUID, str], caller: Caller, user_id: UUID) -> None:
    """Signed, and yet about an unknown SID, another's message, a wrong id or none: 200, and no effect."""
    before = await picture()
    for message_id, sid in ((uuid4(), f"SM{uuid4().hex}"), (sent[0], f"SM{uuid4().hex}"), (uuid4(), sent[2])):
        assert await caller.report(message_id, user_id, sid, "delivered") == 200
    assert await caller.post(f"{STATUS}?message_id=x&attempt=x", {"MessageSid": "SM0", "MessageStatus": "sent"})
    assert await picture() == before


async def test_the_sid_alone_is_enough(sent: tuple[UUID, UUID, str], caller: Caller) -> None:
    await caller.post(STATUS, {"SmsSid": sent[2], "SmsStatus": "delivered"})
    assert (await row_of(sent[0])).status == "delivered"


async def test_a_hundred_replays_are_one(sent: tuple[UUID, UUID, str], caller: Caller) -> None:
    """Of a failure that is tried again, of a STOP that was taken back since, of a delivery."""
    await caller.report(*sent, "undelivered", 30003)
    stop = f"SM{uuid4().hex}"
    await caller.text("STOP", stop)
    await caller.text("START")
    before = await picture()

    for _ in range(100):
        await caller.report(*sent, "undelivered", 30003)
        await caller.text("STOP", stop)

    assert await picture() == before
    assert await opted_out() == [False]


# What people text back


async def test_stop_ends_everything_of_that_number_and_start_brings_it_back(
    user_id: UUID, caller: Caller, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    await give_phone(user_id)
    await give_phone(await make_user("kei@example.org"), "+4915112345679")
    message_id = await queue(user_id)

    assert await caller.text("  stop  ") == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

    assert await opted_out() == [True, False]
    row = await row_of(message_id)
    assert (row.status, row.reason) == ("cancelled", "You replied STOP.")
    async with service_session("test") as session:
        assert (await session.execute(sa.text("SELECT status FROM queue_jobs"))).scalar_one() == "cancelled"
    await caller.text("Start")
    assert await opted_out() == [False, False]
    await perform(job_of(await queue(user_id)), sms=sms)
    assert len(twilio.sent()) == 1


async def test_help_is_answered_and_everything_else_is_not(caller: Caller) -> None:
    assert HELP in await caller.text("help")
    assert "<Message>" not in await caller.text("Help", OptOutType="HELP"), "Twilio has answered it"
    for body in ("thanks!", "", "<Response><Message>x</Message></Response>", "please STOP"):
        assert "<Message>" not in await caller.text(body)


async def test_an_unverified_number_says_stop_for_nobody(user_id: UUID, caller: Caller) -> None:
    await give_phone(user_id)
    await run("UPDATE sms_phones SET verified_at = NULL")
    await caller.text("STOP")
    assert await opted_out() == [False]
