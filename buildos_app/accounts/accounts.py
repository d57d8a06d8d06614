"""Making an account and proving whose it is."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.passwords import check_password, hash_password, verify_password
from buildos_app.clock import is_timezone
from buildos_app.db.session import public_session
from buildos_app.errors import Conflict, InvalidInput, NotPermitted
from buildos_app.models.user import User

TRIES, TRY_WINDOW = 10, timedelta(minutes=15)
MOST_SIGN_INS, MOST_SIGN_UPS = 300, 100
"""From one address in the same time, whatever the accounts: a house full of people, but no list of passwords."""

_SIGN_UP = sa.text("SELECT sign_up(:email, :password_hash, :name, :timezone)")
_FIND = sa.text("SELECT user_id, password_hash, access_restricted FROM find_account(:email)")
_COUNT_TRY = sa.text("SELECT count_sign_in_try(:key, :limit, :window)")
_FORGET_TRIES = sa.text("SELECT forget_sign_in_tries(:key)")


@dataclass(frozen=True)
class Profile:
    """What pages may know of the signed-in person."""

    name: str
    email: str
    timezone: str
    is_admin: bool


class TooManyTries(NotPermitted):
    """Wait `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Wait {-(-seconds // 60)} min, then try again.")
        self.seconds = seconds


def plain_address(text: str) -> str:
    """What somebody typed as their address, as accounts have it; whether it is one, the database tells."""
    return "".join(filter(str.isprintable, text)).strip().lower()[:254]


def clean_email(email: str) -> str:
    """The address in lower case. Raises InvalidInput when it cannot be one."""
    email = email.strip().lower()
    local, _, domain = email.rpartition("@")
    well_formed = local and "." in domain and parseaddr(email)[1] == email and email.isprintable()
    if not well_formed or " " in email or len(email) > 254:
        raise InvalidInput("Enter an e-mail address such as mira@example.org.")
    return email


async def sign_up(*, email: str, password: str, name: str = "", timezone: str = "UTC") -> UUID:
    """Make an account and return its id.

    Raises InvalidInput for an address, a name or a password that will not do, Conflict when the address has one.
    """
    email = clean_email(email)
    name = _tidy(name) or email.partition("@")[0]
    check_password(password)
    parameters = {
        "email": email,
        "password_hash": await hash_password(password),
        "name": name,
        "timezone": timezone if is_timezone(timezone) else "UTC",
    }
    async with public_session() as session:
        user_id: UUID | None = (await session.execute(_SIGN_UP, parameters)).scalar_one()
    if user_id is None:
        raise Conflict("There is an account with this address already. Sign in instead.")
    return user_id


async def sign_in(*, email: str, password: str, address: str) -> UUID:
    """The id of the person with this address and password; `address` is where the request came from.

    The answer and its time are the same for an unknown address and for a wrong password. Raises NotPermitted, or
    TooManyTries after 10 tries in 15 minutes for the same account and address (security.md, Sessions).
    """
    email = plain_address(email)
    key = hashlib.sha256(f"{email}\0{address}".encode()).digest()
    async with public_session() as session:
        limit = {"key": key, "limit": TRIES, "window": TRY_WINDOW}
        wait: int = (await session.execute(_COUNT_TRY, limit)).scalar_one()
        account = (await session.execute(_FIND, {"email": email})).one_or_none()
    if wait:
        raise TooManyTries(wait)
    right = await verify_password(account.password_hash if account else "", password)
    if account is None or not right or account.access_restricted:
        raise NotPermitted("The address or the password is not right.")
    async with public_session() as session:
        await session.execute(_FORGET_TRIES, {"key": key})
    found: UUID = account.user_id
    return found


async def count_try(what: str, address: str, window: timedelta = TRY_WINDOW, *, most: int = TRIES) -> None:
    """Count a try by where it came from or whom it is for. Raises TooManyTries after `most` in `window`."""
    limit = {"key": hashlib.sha256(f"{what}\0{address}".encode()).digest(), "limit": most, "window": window}
    async with public_session() as session:
        wait: int = (await session.execute(_COUNT_TRY, limit)).scalar_one()
    if wait:
        raise TooManyTries(wait)


async def get_profile(session: AsyncSession, user_id: UUID) -> Profile:
    """The person's own profile, in a session of that person."""
    columns = sa.select(col(User.name), col(User.email), col(User.timezone), col(User.is_admin)).where(
        col(User.id) == user_id
    )
    return Profile(*(await session.execute(columns)).one())


async def update_profile(session: AsyncSession, user_id: UUID, *, name: str, timezone: str) -> None:
    """Keep a name and a timezone, in a session of that person. Raises InvalidInput for one that will not do."""
    name = _tidy(name)
    if not name:
        raise InvalidInput("Enter a name: it is how BuildOS greets you.")
    if not is_timezone(timezone):
        raise InvalidInput("Choose a timezone from the list.")
    values = {"name": name, "timezone": timezone}
    await session.execute(sa.update(User).where(col(User.id) == user_id).values(values))


def _tidy(name: str) -> str:
    return " ".join("".join(filter(str.isprintable, name)).split())[:100]
