"""Proving a phone number by the real Verify client: the old one stays, tries are counted, codes leave no trace."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from buildos_app.accounts.accounts import TooManyTries, count_try
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.ports import NoSms
from buildos_app.sms.phones import PhoneView, get_phone, opt_in, opt_out
from buildos_app.sms.verification import check_code, forget_phone, send_code, stop_waiting
from tests.fixtures.database import make_user
from tests.fixtures.phone import PHONE, Twilio
from tests.sms.people import give_phone, run, the_rows

OTHER = "+4915112345679"


async def phone_of(user_id: UUID) -> PhoneView:
    async with user_session(user_id) as session:
        return await get_phone(session, user_id)


async def a_minute_later() -> None:
    await run("UPDATE sms_phones SET code_sent_at = code_sent_at - interval '61 seconds'")


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


async def test_a_number_is_proven_and_greeted(user_id: UUID, sms: TwilioSender, twilio: Twilio, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    assert await send_code(sms, user_id, "0151 12345678") == PHONE
    phone = await phone_of(user_id)
    assert (phone.number, phone.is_verified, phone.pending_number) == ("", False, PHONE)
    code = twilio.code()

    assert await check_code(sms, user_id, f" {code[:3]} {code[3:]} ") == PHONE

    phone = await phone_of(user_id)
    assert (phone.number, phone.is_verified, phone.pending_number) == (PHONE, True, "")
    assert [row.kind for row in await the_rows()] == ["welcome"]
    assert code not in caplog.text and PHONE not in caplog.text
    async with service_session("test") as session:
        for table in ("sms_phones", "sms_messages", "audit_trail", "queue_jobs", "error_logs"):
            rows = (await session.execute(sa.text(f"SELECT t::text FROM {table} t"))).scalars().all()
            assert not any(code in str(row) for row in rows), table


async def test_the_old_number_stays_until_the_new_one_is_proven(
    user_id: UUID, sms: TwilioSender, twilio: Twilio
) -> None:
    await give_phone(user_id)
    await send_code(sms, user_id, OTHER)
    phone = await phone_of(user_id)
    assert (phone.number, phone.is_verified, phone.pending_number) == (PHONE, True, OTHER)
    with pytest.raises(InvalidInput, match="4 more tries"):
        await check_code(sms, user_id, wrong(twilio.code(OTHER)))
    assert (await phone_of(user_id)).number == PHONE
    await check_code(sms, user_id, twilio.code(OTHER))
    assert (await phone_of(user_id)).number == OTHER


async def test_tries_are_limited_also_at_once(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    await send_code(sms, user_id, PHONE)
    code = wrong(twilio.code())

    answers = await asyncio.gather(*(check_code(sms, user_id, code) for _ in range(12)), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 7 + ["InvalidInput"] * 5
    assert twilio.ledger()["calls"].count("check") == 5
    with pytest.raises(Conflict, match="Too many tries"):
        await check_code(sms, user_id, twilio.code())
    await a_minute_later()
    await send_code(sms, user_id, PHONE)
    with pytest.raises(Conflict, match="Too many tries"):
        await check_code(sms, user_id, twilio.code())


async def test_another_number_brings_no_new_tries(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    """Tries are a person's: going to another number and back leaves them as they are, until the codes have run out."""
    await send_code(sms, user_id, PHONE)
    for _ in range(4):
        with pytest.raises(InvalidInput):
            await check_code(sms, user_id, wrong(twilio.code()))
    await stop_waiting(user_id)
    await a_minute_later()
    await send_code(sms, user_id, OTHER)
    with pytest.raises(InvalidInput, match="run out"):
        await check_code(sms, user_id, wrong(twilio.code(OTHER)))
    await stop_waiting(user_id)
    await a_minute_later()
    await send_code(sms, user_id, PHONE)
    with pytest.raises(Conflict, match="Wait ten minutes"):
        await check_code(sms, user_id, twilio.code())
    await run("UPDATE sms_phones SET code_sent_at = code_sent_at - interval '11 minutes'")
    await send_code(sms, user_id, OTHER)
    assert await check_code(sms, user_id, twilio.code(OTHER)) == OTHER


async def test_codes_are_limited(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    await send_code(sms, user_id, PHONE)
    with pytest.raises(Conflict, match="once a minute"):
        await send_code(sms, user_id, PHONE)
    for _ in range(4):
        await a_minute_later()
        await send_code(sms, user_id, PHONE)
    await a_minute_later()
    with pytest.raises(Conflict, match="5 times a day"):
        await send_code(sms, user_id, PHONE)
    assert twilio.ledger()["calls"].count("code") == 5


async def test_a_number_is_not_flooded_from_many_accounts(
    database: str, user_id: UUID, sms: TwilioSender, twilio: Twilio
) -> None:
    """Also when each account forgets the number at once, and in tries of a whole day."""
    people = [user_id, await make_user("kei@example.org"), await make_user("noa@example.org")]
    for number in range(10):
        with suppress(Conflict):  # Twilio itself sends five in ten minutes
            await send_code(sms, people[number // 4], PHONE)
        await stop_waiting(people[number // 4])
        await a_minute_later()
        with psycopg.connect(database) as connection:
            connection.execute("UPDATE sign_in_tries SET tried_at = tried_at - interval '1 hour'")
    with pytest.raises(TooManyTries):
        await send_code(sms, people[2], PHONE)
    assert twilio.ledger()["calls"].count("code") <= 10


async def test_impatience_locks_no_number(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    """Clicks for which no code is sent count for the person who clicks, and not for the number."""
    await send_code(sms, user_id, PHONE)
    for _ in range(9):
        with pytest.raises(Conflict, match="once a minute"):
            await send_code(sms, user_id, PHONE)
    with pytest.raises(TooManyTries):
        await send_code(sms, user_id, PHONE)
    kei = await make_user("kei@example.org")
    assert await send_code(sms, kei, PHONE) == PHONE
    assert await check_code(sms, kei, twilio.code()) == PHONE


async def test_a_number_that_is_locked_waits_for_no_code(user_id: UUID, sms: TwilioSender) -> None:
    for _ in range(10):
        await count_try("sms code", PHONE, timedelta(days=1))
    with pytest.raises(TooManyTries):
        await send_code(sms, user_id, PHONE)
    assert (await phone_of(user_id)).pending_number == ""


async def test_nobody_walks_through_numbers(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    await give_phone(await make_user("kei@example.org"))
    for _ in range(10):
        with pytest.raises(Conflict, match="another account"):
            await send_code(sms, user_id, PHONE)
    with pytest.raises(TooManyTries):
        await send_code(sms, user_id, OTHER)
    assert twilio.ledger()["calls"] == []


async def test_a_code_runs_out(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    await send_code(sms, user_id, PHONE)
    await run("UPDATE sms_phones SET code_sent_at = now() - interval '11 minutes'")
    with pytest.raises(Conflict, match="run out"):
        await check_code(sms, user_id, twilio.code())
    for typed in ("", "abc", "12", "1" * 11, "١٢٣٤٥٦"):
        with pytest.raises(InvalidInput, match="digits"):
            await check_code(sms, user_id, typed)


async def test_anothers_number_is_refused(user_id: UUID, sms: TwilioSender, twilio: Twilio) -> None:
    """Also when it became theirs between the code and the proof."""
    kei = await make_user("kei@example.org")
    await send_code(sms, user_id, PHONE)
    await give_phone(kei)
    with pytest.raises(Conflict, match="another account"):
        await check_code(sms, user_id, twilio.code())
    await a_minute_later()
    with pytest.raises(Conflict, match="another account"):
        await send_code(sms, user_id, PHONE)
    assert not (await phone_of(user_id)).is_verified


@pytest.mark.parametrize(
    ("turn", "error", "words", "waits"),
    [
        ({"kind": "refusal", "status": 400, "code": 60200}, Conflict, "no phone number", False),
        ({"kind": "refusal", "status": 400, "code": 60205}, Conflict, "mobile", False),
        ({"kind": "refusal", "status": 429, "code": 60203}, Conflict, "Too many codes", False),
        ({"kind": "refusal", "status": 429, "code": 20429}, Conflict, "busy", False),
        ({"kind": "refusal", "status": 500}, InvalidInput, "did not answer", True),
        ({"kind": "silence", "kept": True}, InvalidInput, "did not answer", True),
    ],
)
async def test_what_goes_wrong_is_said_in_plain_words(
    turn: dict[str, Any],
    error: type[Exception],
    words: str,
    waits: bool,
    user_id: UUID,
    sms: TwilioSender,
    twilio: Twilio,
) -> None:
    twilio.next({**turn, "on": "code"})
    with pytest.raises(error, match=words):
        await send_code(sms, user_id, PHONE)
    assert bool((await phone_of(user_id)).pending_number) is waits, "a code that may arrive can be typed"


async def test_without_twilio_it_says_so(user_id: UUID) -> None:
    with pytest.raises(Conflict, match="not set up"):
        await send_code(NoSms(), user_id, PHONE)


async def test_removing_and_opting_out_and_back_in(user_id: UUID, sms: TwilioSender) -> None:
    with pytest.raises(Conflict, match="Verify"):
        async with user_session(user_id) as session:
            await opt_in(session, user_id)
    await give_phone(user_id)
    async with user_session(user_id) as session:
        await opt_out(session, user_id)
    assert (await phone_of(user_id)).opted_out_at is not None
    async with user_session(user_id) as session:
        await opt_in(session, user_id)
    assert (await phone_of(user_id)).opted_out_at is None
    await send_code(sms, user_id, OTHER)
    await stop_waiting(user_id)
    assert (await phone_of(user_id)).pending_number == ""
    await forget_phone(user_id)
    assert not (await phone_of(user_id)).is_verified
