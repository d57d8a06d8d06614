"""Personal tokens: shown once, hashed, revocable."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.accounts.tokens import MOST_TOKENS, list_tokens, make_token, resolve_token, revoke_token
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotFound


async def made(user_id: UUID, name: str = "Backup script", days: int | None = None) -> str:
    async with user_session(user_id) as session:
        return await make_token(session, user_id, name, days=days)


async def test_a_token_names_its_person_and_is_stored_as_a_hash(user_id: UUID) -> None:
    token = await made(user_id)

    assert await resolve_token(token) == user_id
    async with service_session("test") as session:
        stored = (await session.execute(sa.text("SELECT personal_tokens::text FROM personal_tokens"))).scalar_one()
    assert token not in stored
    async with user_session(user_id) as session:
        (view,) = await list_tokens(session)
    assert (view.name, view.hint, view.expires_at) == ("Backup script", token[:8], None)
    assert view.last_used_at is not None


async def test_a_revoked_token_is_nobodys(user_id: UUID, other_user_id: UUID) -> None:
    token = await made(user_id)
    async with user_session(user_id) as session:
        (view,) = await list_tokens(session)

    with pytest.raises(NotFound):
        async with user_session(other_user_id) as session:
            await revoke_token(session, view.id)
    assert await resolve_token(token) == user_id
    async with user_session(user_id) as session:
        await revoke_token(session, view.id)
    assert await resolve_token(token) is None


@pytest.mark.parametrize("token", ["", "bos_", "bos_wrong", "Bearer x", "x" * 5000, "bos_\x00"])
async def test_a_guess_is_nobodys(token: str, user_id: UUID) -> None:
    await made(user_id)

    assert await resolve_token(token) is None


async def test_a_token_runs_out_and_ends_with_its_person(user_id: UUID) -> None:
    short, long = await made(user_id, days=1), await made(user_id)
    async with service_session("test") as session:
        await session.execute(
            sa.text("UPDATE personal_tokens SET expires_at = expires_at - :day"), {"day": timedelta(1)}
        )
    assert (await resolve_token(short), await resolve_token(long)) == (None, user_id)

    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE users SET access_restricted = true"))

    assert await resolve_token(long) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "line\x07bell"])
async def test_a_token_has_a_name(name: str, user_id: UUID) -> None:
    with pytest.raises(InvalidInput):
        await made(user_id, name)


async def test_there_is_an_end_to_tokens(user_id: UUID) -> None:
    for number in range(MOST_TOKENS):
        await made(user_id, f"Script {number}")

    with pytest.raises(Conflict, match="Revoke one"):
        await made(user_id)
