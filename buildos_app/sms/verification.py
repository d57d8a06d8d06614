"""Proving a phone number: a code by Twilio Verify. The number in use stays until the new one is proven.

Nothing here holds a transaction while Twilio is asked, and no code is kept, logged or given back.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.accounts.accounts import TooManyTries, count_try
from buildos_app.db.session import service_session
from buildos_app.errors import Conflict, IntegrationError, InvalidInput, RequestRejected, ServiceUnavailable
from buildos_app.ports import SmsSender
from buildos_app.sms.kinds import Kind
from buildos_app.sms.numbers import normalise
from buildos_app.sms.queueing import queue_sms

RESEND_SECONDS = 60
DAY = timedelta(days=1)
MOST_CODES = 5
MOST_TRIES = 5
REASON = "prove a phone number"
TAKEN = "This number belongs to another account. Use another one, or remove it there first."
RUN_OUT = "This code has run out. Send a new one."

_ZONE = sa.text("SELECT timezone FROM users WHERE id = :user_id")
_IS_TAKEN = sa.text(
    "SELECT EXISTS (SELECT FROM sms_phones WHERE number = :number AND verified_at IS NOT NULL AND user_id <> :user_id)"
)
_RESERVE = sa.text(
    """
    INSERT INTO sms_phones AS s (user_id, pending_number, code_sent_at, codes_sent, codes_day)
    VALUES (:user_id, :number, now(), 1, current_date)
    ON CONFLICT (user_id) DO UPDATE SET
        code_tries = CASE WHEN s.code_sent_at > now() - interval '10 minutes' THEN s.code_tries ELSE 0 END,
        codes_sent = CASE WHEN s.codes_day = current_date THEN s.codes_sent + 1 ELSE 1 END,
        codes_day = current_date, pending_number = :number, code_sent_at = now(), updated_at = now()
    WHERE (s.codes_day IS DISTINCT FROM current_date OR s.codes_sent < :most_codes)
        AND (s.code_sent_at IS NULL OR s.code_sent_at <= now() - make_interval(secs => :pause)
            OR s.pending_number NOT IN ('', :number))
    RETURNING 1
    """
)
_GIVE_UP = sa.text("UPDATE sms_phones SET pending_number = '' WHERE user_id = :user_id AND pending_number = :number")
_COUNT_TRY = sa.text(
    """
    UPDATE sms_phones SET code_tries = code_tries + 1, updated_at = now()
    WHERE user_id = :user_id AND pending_number <> '' AND code_tries < :most
        AND code_sent_at > now() - interval '10 minutes'
    RETURNING pending_number, code_tries
    """
)
_PROVE = sa.text(
    """
    UPDATE sms_phones SET number = pending_number, verified_at = now(), pending_number = '', code_tries = 0,
        opted_out_at = NULL, opt_out_reason = '', updated_at = now()
    WHERE user_id = :user_id AND pending_number = :number RETURNING 1
    """
)
_FORGET = sa.text(
    "UPDATE sms_phones SET number = '', verified_at = NULL, pending_number = '', updated_at = now()"
    " WHERE user_id = :user_id"
)
_WORDS = {
    60200: "This is no phone number that Twilio knows. Check it.",
    60202: "Too many tries. Wait ten minutes, then send a new code.",
    60203: "Too many codes were sent to this number. Wait ten minutes.",
    60205: "This number cannot take text messages. Use a mobile number.",
    20404: RUN_OUT,
    21211: "This is no phone number that Twilio knows. Check it.",
    21614: "This number cannot take text messages. Use a mobile number.",
}


async def send_code(sms: SmsSender, user_id: UUID, typed: str) -> str:
    """Text a code to a number; the number as E.164.

    Raises InvalidInput for what is no mobile number, Conflict for somebody else's number and for too many codes,
    TooManyTries after ten a day of this person, or after ten that were sent to this number, whoever asked for them.
    """
    async with service_session(REASON, user_id=user_id) as session:
        zone: str = (await session.execute(_ZONE, {"user_id": user_id})).scalar_one()
        number = normalise(typed, zone)
    await count_try("sms code", str(user_id), DAY)  # nobody walks through numbers
    async with service_session(REASON, user_id=user_id) as session:
        await _reserve(session, user_id, number)
    try:
        await count_try("sms code", number, DAY)  # no number is flooded from many accounts
        async with _in_our_words():
            await sms.send_code(number)
    except (Conflict, TooManyTries):
        async with service_session(REASON, user_id=user_id) as session:
            await session.execute(_GIVE_UP, {"user_id": user_id, "number": number})
        raise
    return number


async def _reserve(session: AsyncSession, user_id: UUID, number: str) -> None:
    parameters = {"user_id": user_id, "number": number, "most_codes": MOST_CODES, "pause": RESEND_SECONDS}
    is_taken = (await session.execute(_IS_TAKEN, parameters)).scalar_one()
    if is_taken:
        raise Conflict(TAKEN)
    if (await session.execute(_RESERVE, parameters)).scalar_one_or_none() is None:
        raise Conflict(f"A code can be sent once a minute, and {MOST_CODES} times a day. Use the newest one, or wait.")


async def check_code(sms: SmsSender, user_id: UUID, typed: str) -> str:
    """The number that this code proves; it is in use from now on.

    Raises InvalidInput for a wrong code, Conflict when it has run out or the number became somebody else's.
    """
    code = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"\d{4,10}", code, re.ASCII):
        raise InvalidInput("Type the digits of the code.")
    async with service_session(REASON, user_id=user_id) as session:
        tried = (await session.execute(_COUNT_TRY, {"user_id": user_id, "most": MOST_TRIES})).one_or_none()
    if tried is None:
        raise Conflict("Too many tries, or the code has run out. Wait ten minutes, then send a new one.")
    async with _in_our_words():
        is_right = await sms.check_code(tried.pending_number, code)
    if not is_right:
        left = MOST_TRIES - tried.code_tries
        raise InvalidInput(f"This is not the code. {left} more {'try' if left == 1 else 'tries'}." if left else RUN_OUT)
    await _prove(user_id, tried.pending_number)
    return str(tried.pending_number)


async def _prove(user_id: UUID, number: str) -> None:
    """The number is the person's, and they are told so by it, in one transaction."""
    try:
        async with service_session(REASON, user_id=user_id) as session:
            if (await session.execute(_PROVE, {"user_id": user_id, "number": number})).scalar_one_or_none() is None:
                raise Conflict(RUN_OUT)
            await queue_sms(session, user_id, Kind.WELCOME, {})
    except IntegrityError:
        raise Conflict(TAKEN) from None


async def forget_phone(user_id: UUID) -> None:
    """The number is not the person's any more; nothing is sent until they prove another one."""
    async with service_session("forget a phone number", user_id=user_id) as session:
        await session.execute(_FORGET, {"user_id": user_id})


async def stop_waiting(user_id: UUID) -> None:
    """Forget the number that waits for its code; the one in use stays."""
    async with service_session(REASON, user_id=user_id) as session:
        await session.execute(
            sa.text("UPDATE sms_phones SET pending_number = '' WHERE user_id = :user_id"), {"user_id": user_id}
        )


@asynccontextmanager
async def _in_our_words() -> AsyncIterator[None]:
    """What Twilio says, for the person."""
    try:
        yield
    except RequestRejected as error:
        if error.code is None:
            raise Conflict(str(error)) from error
        raise Conflict(_WORDS.get(error.code, "Twilio did not accept this number. Use another one.")) from error
    except ServiceUnavailable as error:
        if error.perhaps_done:
            raise InvalidInput(
                "Twilio did not answer in time. If no code arrives, send it again in a minute."
            ) from error
        raise Conflict("Twilio cannot be reached or is busy. Try again in a minute.") from error
    except IntegrationError as error:
        raise Conflict("Twilio did not accept this number. Use another one.") from error
