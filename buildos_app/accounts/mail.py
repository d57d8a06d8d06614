"""Mail about an account: confirming an address, choosing a new password, moving to another address.

The worker sends it. The token in its link follows from the mail and our key, and only its hash is stored.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.accounts import clean_email, plain_address
from buildos_app.accounts.passwords import check_password, hash_password
from buildos_app.accounts.sessions import hash_token
from buildos_app.db.session import public_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotPermitted
from buildos_app.mail.identity import account_message_id, account_token
from buildos_app.mail.render import render_html, render_text
from buildos_app.models.base import new_id
from buildos_app.models.email import Email, EmailKind
from buildos_app.models.user import User
from buildos_app.ports import OutgoingMail
from buildos_app.settings import get_settings

LIFETIME = {
    EmailKind.RESET_PASSWORD: timedelta(minutes=30),
    EmailKind.CONFIRM_ADDRESS: timedelta(days=7),
    EmailKind.CONFIRM_CHANGE: timedelta(hours=24),
}
MOST_PER_HOUR = 5

_BEGIN = sa.text(
    "SELECT begin_account_mail(:kind, :address, :email_id, :message_id, :token_hash, :lifetime, :most_per_hour)"
)
_CONFIRM = sa.text("SELECT confirm_address(:token_hash)")
_IS_VALID = sa.text("SELECT is_account_token(:token_hash, :purpose)")
_RESET = sa.text("SELECT reset_password(:token_hash, :password_hash)")
_OLD_LINK = "This link was used already or is too old. Ask for a new one."


@dataclass(frozen=True)
class _Words:
    title: str
    what: str
    verb: str
    path: str
    otherwise: str


_WORDS = {
    EmailKind.CONFIRM_ADDRESS: _Words(
        "Confirm your address",
        "Somebody, most likely you, made an account at BuildOS with this address. Confirm it, and your briefs can come "
        "by e-mail.",
        "Confirm this address",
        "/confirm-address",
        "If it was not you, do nothing: without a confirmation no other mail comes.",
    ),
    EmailKind.RESET_PASSWORD: _Words(
        "Choose a new password",
        "Somebody, most likely you, asked for a new password. The link works once, for 30 minutes, and signs every "
        "browser out.",
        "Choose a new password",
        "/reset-password",
        "If it was not you, do nothing: your password stays as it is.",
    ),
    EmailKind.CONFIRM_CHANGE: _Words(
        "Confirm your new address",
        "You asked to use this address for your BuildOS account from now on. The link works once, for 24 hours.",
        "Use this address",
        "/confirm-address",
        "If it was not you, do nothing: the account keeps its address.",
    ),
}


async def ask_for_reset(address: str) -> None:
    """Send a link for a new password, if there is an account with this address. Never tells whether there is one."""
    await _begin(EmailKind.RESET_PASSWORD, None, plain_address(address))


async def ask_for_confirmation(user_id: UUID) -> bool:
    """Send a person the link that confirms their address; False after too many in the last hour."""
    return await _begin(EmailKind.CONFIRM_ADDRESS, user_id, "")


async def ask_for_change(user_id: UUID, address: str) -> None:
    """Send a link to the address that a person wants to move to; until it is used, nothing changes.

    Raises InvalidInput for what is no address, NotPermitted after too many in the last hour.
    """
    if not await _begin(EmailKind.CONFIRM_CHANGE, user_id, clean_email(address)):
        raise NotPermitted("Too many mails were asked for. Wait an hour, then try again.")


async def address_of(session: AsyncSession, user_id: UUID) -> tuple[str, bool]:
    """The person's address, and whether they have confirmed it."""
    query = sa.select(col(User.email), col(User.email_confirmed_at)).where(col(User.id) == user_id)
    email, confirmed_at = (await session.execute(query)).one()
    return email, confirmed_at is not None


async def confirm_address(token: str) -> None:
    """Use the link of a confirmation. Raises InvalidInput when it is no good, Conflict when the address is taken."""
    async with public_session() as session:
        outcome: str = (await session.execute(_CONFIRM, {"token_hash": hash_token(token)})).scalar_one()
    if outcome == "taken":
        raise Conflict("There is another account with this address by now.")
    if outcome != "confirmed":
        raise InvalidInput(_OLD_LINK)


async def reset_password(token: str, password: str) -> None:
    """Use the link of a reset: the new password holds and every session ends.

    Raises InvalidInput for a link that is no good, and for a password that will not do, which leaves the link unused.
    """
    check_password(password)
    hashed = {"token_hash": hash_token(token)}
    async with public_session() as session:  # before the costly hash, which is not for everybody
        valid: bool = (await session.execute(_IS_VALID, {**hashed, "purpose": EmailKind.RESET_PASSWORD})).scalar_one()
    if not valid:
        raise InvalidInput(_OLD_LINK)
    parameters = {**hashed, "password_hash": await hash_password(password)}
    async with public_session() as session:
        done: bool = (await session.execute(_RESET, parameters)).scalar_one()
    if not done:
        raise InvalidInput(_OLD_LINK)


def account_mail(mail: Email, name: str) -> OutgoingMail:
    """What a mail about an account says. The token stands behind a #, which browsers send to nobody."""
    words = _WORDS[EmailKind(mail.kind)]
    values = {
        "subject": words.title,
        "greeting": f"Hello {name}," if name else "Hello,",
        "title": words.title,
        "what": words.what,
        "verb": words.verb,
        "href": f"{get_settings().base_url}{words.path}#{account_token(mail.id)}",
        "otherwise": words.otherwise,
        "base_url": get_settings().base_url,
    }
    return OutgoingMail(
        message_id=mail.message_id,
        recipient=mail.recipient,
        subject=words.title,
        text=render_text("account", **values),
        html=render_html("account", **values),
        written_at=mail.created_at,
    )


async def _begin(kind: EmailKind, user_id: UUID | None, address: str) -> bool:
    email_id = new_id()
    parameters = {
        "kind": kind,
        "address": address,
        "email_id": email_id,
        "message_id": account_message_id(email_id),
        "token_hash": hash_token(account_token(email_id)),
        "lifetime": LIFETIME[kind],
        "most_per_hour": MOST_PER_HOUR,
    }
    async with public_session() if user_id is None else user_session(user_id) as session:
        return bool((await session.execute(_BEGIN, parameters)).scalar_one())
