"""Personal tokens: what a person's own programs say to the HTTP routes. Shown once, stored as a hash, revocable."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.sessions import hash_token
from buildos_app.clock import now
from buildos_app.db.session import public_session
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.base import new_id
from buildos_app.models.user import PersonalToken

PREFIX = "bos_"
"""Says what a token is wherever one is found, so that searches for leaked secrets know it."""
MOST_TOKENS = 20
LONGEST_NAME = 60
_HINT_LENGTH = len(PREFIX) + 4

_RESOLVE = sa.text("SELECT resolve_personal_token(:token_hash)")


@dataclass(frozen=True)
class TokenView:
    """A token as its person may see it: never the token itself."""

    id: UUID
    name: str
    hint: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


async def make_token(session: AsyncSession, user_id: UUID, name: str, *, days: int | None = None) -> str:
    """A new token for the person of this session, valid for so many days or until it is revoked; never seen again.

    Raises InvalidInput for a name that will not do, Conflict when there are 20 already.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"Give the token a name of up to {LONGEST_NAME} characters, such as the program it is for.")
    if len(await list_tokens(session)) >= MOST_TOKENS:
        raise Conflict(f"You have {MOST_TOKENS} tokens. Revoke one that you no longer use, then make a new one.")
    token = PREFIX + secrets.token_urlsafe(32)
    await session.execute(
        sa.insert(PersonalToken).values(
            id=new_id(),
            user_id=user_id,
            name=name,
            hint=token[:_HINT_LENGTH],
            token_hash=hash_token(token),
            expires_at=now() + timedelta(days=days) if days else None,
        )
    )
    return token


async def list_tokens(session: AsyncSession) -> list[TokenView]:
    """The person's tokens, the newest first."""
    columns = [getattr(PersonalToken, name) for name in TokenView.__dataclass_fields__]
    rows = await session.execute(sa.select(*columns).order_by(col(PersonalToken.id).desc()))
    return [TokenView(*row) for row in rows]


async def revoke_token(session: AsyncSession, token_id: UUID) -> None:
    """A token ends with the next request. Raises NotFound when the person has no such token."""
    revoked = sa.delete(PersonalToken).where(col(PersonalToken.id) == token_id).returning(col(PersonalToken.id))
    if (await session.execute(revoked)).scalar_one_or_none() is None:
        raise NotFound("This token is revoked already.")


async def resolve_token(token: str) -> UUID | None:
    """The person whose token this is, or None."""
    if not token.startswith(PREFIX):
        return None
    async with public_session() as session:
        found: UUID | None = (await session.execute(_RESOLVE, {"token_hash": hash_token(token)})).scalar_one()
    return found
