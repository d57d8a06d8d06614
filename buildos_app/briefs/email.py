"""A brief as mail: the row that makes it the only one, what it says, and what became of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.mail import account_mail
from buildos_app.briefs.content import BriefContent
from buildos_app.briefs.letter import Letter, letter
from buildos_app.briefs.preferences import get_preferences
from buildos_app.clock import now
from buildos_app.errors import NotFound
from buildos_app.mail.identity import brief_message_id
from buildos_app.models.brief import DailyBrief
from buildos_app.models.email import Email, EmailKind, EmailStatus
from buildos_app.models.user import User
from buildos_app.ports import OutgoingMail

MOST_MAILS_A_DAY = 20
_COUNT_OPENING = sa.text("SELECT count_mail_opening(:tracking_id)")
_SENDABLE = (EmailStatus.PENDING, EmailStatus.FAILED)


@dataclass(frozen=True)
class Sent:
    """Which brief a mail was about, if any."""

    brief_id: UUID | None
    brief_date: date | None


async def add_email(
    session: AsyncSession, user_id: UUID, brief: DailyBrief, *, number: int, tracked: bool
) -> UUID | None:
    """Write down a mail about a brief and return its id, or None when there is one with this number (traps 8 and 9)."""
    statement = insert(Email).values(
        user_id=user_id,
        kind=EmailKind.DAILY_BRIEF,
        message_id=brief_message_id(user_id, brief.brief_date, number),
        daily_brief_id=brief.id,
        brief_date=brief.brief_date,
        number=number,
        tracking_id=uuid4() if tracked else None,
    )
    added = await session.execute(statement.on_conflict_do_nothing().returning(col(Email.id)))
    return added.scalar_one_or_none()


async def last_number(session: AsyncSession, brief_date: date) -> int | None:
    """The number of the newest mail about the brief of a day."""
    query = sa.select(sa.func.max(col(Email.number))).where(col(Email.brief_date) == brief_date)
    return (await session.execute(query)).scalar_one_or_none()


async def count_asked(session: AsyncSession) -> int:
    """How many mails about briefs the person asked for in the last day."""
    query = sa.select(sa.func.count()).where(
        col(Email.kind) == EmailKind.DAILY_BRIEF,
        col(Email.number) > 0,
        col(Email.created_at) > now() - timedelta(days=1),
    )
    return (await session.execute(query)).scalar_one()


async def prepare(session: AsyncSession, user_id: UUID, email_id: UUID) -> OutgoingMail | str:
    """The mail to send now, or why none is sent: the person may have changed their mind since it was asked for.

    Raises NotFound when there is no such mail.
    """
    mail = await _get(session, email_id)
    if mail.status not in _SENDABLE:
        return f"It is {mail.status} already."
    columns = (col(User.email), col(User.name), col(User.email_confirmed_at))
    address, name, confirmed_at = (await session.execute(sa.select(*columns).where(col(User.id) == user_id))).one()
    if mail.kind != EmailKind.DAILY_BRIEF:
        return account_mail(mail, name)
    wanted = await get_preferences(session, user_id)
    reason = ""
    if mail.number == 0 and not (wanted.is_active and wanted.email_daily_brief):
        reason = "Mail was turned off."
    elif confirmed_at is None:
        reason = "The address is not confirmed yet."
    brief = await session.get(DailyBrief, mail.daily_brief_id) if mail.daily_brief_id else None
    if reason or brief is None or not brief.content:
        mail.status, mail.error = EmailStatus.CANCELLED, reason or "The brief is gone."
        return mail.error
    mail.recipient = address
    return letter(_letter_of(mail, brief, user_id, address))


async def mark_sent(session: AsyncSession, email_id: UUID) -> Sent:
    """Write down that a mail was taken over by who delivers it."""
    mail = await _get(session, email_id)
    mail.status, mail.error, mail.sent_at = EmailStatus.SENT, "", now()
    return Sent(mail.daily_brief_id, mail.brief_date)


async def mark_failed(session: AsyncSession, email_id: UUID, reason: str) -> None:
    """Write down that a mail could not be sent; asking again is still possible."""
    mail = await _get(session, email_id)
    mail.status, mail.error = EmailStatus.FAILED, reason


async def count_opening(session: AsyncSession, tracking_id: UUID) -> None:
    """Count one more opening of one mail, in one statement; only where its person wanted that (trap 38)."""
    await session.execute(_COUNT_OPENING, {"tracking_id": tracking_id})


def _letter_of(mail: Email, brief: DailyBrief, user_id: UUID, address: str) -> Letter:
    return Letter(
        message_id=mail.message_id,
        recipient=address,
        written_at=mail.created_at,
        user_id=user_id,
        brief_date=brief.brief_date,
        content=BriefContent.model_validate(brief.content),
        is_reengagement=brief.is_reengagement,
        tracking_id=mail.tracking_id,
    )


async def _get(session: AsyncSession, email_id: UUID) -> Email:
    query: sa.Select[Any] = sa.select(Email).where(col(Email.id) == email_id).with_for_update()
    mail: Email | None = (await session.execute(query)).scalar_one_or_none()
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail
