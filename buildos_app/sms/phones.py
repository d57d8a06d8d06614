"""The phone of a person: what they see of it, and opting out and back in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import Conflict
from buildos_app.models.sms import SmsInbound, SmsPhone
from buildos_app.sms.preferences import set_opted_out
from buildos_app.sms.queueing import cancel_waiting

STOPPED = "You turned text messages off."
STOP_WORD = "STOP"
BY_PERSON = "settings"

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})


@dataclass(frozen=True)
class PhoneView:
    """A person's phone as they may see it."""

    number: str = ""
    is_verified: bool = False
    opted_out_at: datetime | None = None
    opt_out_reason: str = ""
    pending_number: str = ""
    code_sent_at: datetime | None = None
    sent_today: int = 0


async def get_phone(session: AsyncSession, user_id: UUID) -> PhoneView:
    """The phone of the session's person."""
    row = (await session.execute(sa.select(SmsPhone).where(col(SmsPhone.user_id) == user_id))).scalar_one_or_none()
    if row is None:
        return PhoneView()
    return PhoneView(
        number=row.number,
        is_verified=row.verified_at is not None,
        opted_out_at=row.opted_out_at,
        opt_out_reason=row.opt_out_reason,
        pending_number=row.pending_number,
        code_sent_at=row.code_sent_at,
        sent_today=row.sent_today,
    )


async def opt_out(session: AsyncSession, user_id: UUID) -> None:
    """The person turns everything off, in their own session; what waits is cancelled."""
    await set_opted_out(session, BY_PERSON)
    await cancel_waiting(session, user_id, STOPPED)


async def opt_in(session: AsyncSession, user_id: UUID) -> None:
    """The person turns them on again. Raises Conflict without a verified number."""
    phone = await get_phone(session, user_id)
    if not phone.is_verified:
        raise Conflict("Verify a phone number first.")
    await set_opted_out(session, None)


def keyword(body: str) -> str:
    """STOP, START or HELP, in whatever spelling; empty for anything else. The first word decides."""
    word = "".join(character for character in "".join(body.split()[:1]).upper() if character.isalnum())
    for name, words in (("STOP", STOP), ("START", START), ("HELP", HELP)):
        if word in words:
            return name
    return ""


async def take_inbound(session: AsyncSession, message_sid: str, number: str, word: str) -> bool:
    """Act upon STOP or START from a number, in a session of the service role; False when it was done before.

    It holds for everybody who has this number.
    """
    fresh = insert(SmsInbound).values(message_sid=message_sid).on_conflict_do_nothing()
    if (await session.execute(fresh.returning(col(SmsInbound.message_sid)))).scalar_one_or_none() is None:
        return False
    if word in ("STOP", "START"):
        await set_opt_out(session, number, is_out=word == "STOP")
    return True


async def set_opt_out(session: AsyncSession, number: str, *, is_out: bool) -> None:
    """Write down what a number's owner told the carrier."""
    values: dict[str, object] = {"opted_out_at": None, "opt_out_reason": ""}
    if is_out:
        values = {"opted_out_at": sa.func.coalesce(SmsPhone.opted_out_at, sa.func.now()), "opt_out_reason": STOP_WORD}
    statement = sa.update(SmsPhone).where(col(SmsPhone.number) == number, col(SmsPhone.verified_at).is_not(None))
    statement = statement.values(**values, updated_at=sa.func.now())
    people = (await session.execute(statement.returning(col(SmsPhone.user_id)))).scalars().all()
    for user_id in people if is_out else ():
        await cancel_waiting(session, user_id, "You replied STOP.")
