"""An account ends after a week, with every row of it, and nobody else's."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.accounts.accounts import sign_in, sign_up
from buildos_app.accounts.sessions import hash_token, open_session, resolve_session
from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import InvalidInput, NotPermitted
from buildos_app.own_data.deletion import (
    delete_due_accounts,
    delete_old_files,
    deletion_due_at,
    keep_account,
    request_deletion,
)
from buildos_app.own_data.tables import owned_tables
from tests.db.test_row_level_security import fill

PASSWORD = "correct horse battery"
OWNED = [*sorted(owned_tables()), "users"]
_ACCOUNT_TOKEN = sa.text(
    "INSERT INTO account_tokens (user_id, purpose, token_hash, expires_at)"
    " VALUES (:user_id, 'reset_password', decode(md5(CAST(:user_id AS text)), 'hex'), now())"
)


@pytest.fixture
async def account(database: str) -> UUID:
    return await sign_up(email="kei@example.org", password=PASSWORD)


async def rows_of(user_id: UUID) -> dict[str, int]:
    found = {}
    async with service_session("test") as session:
        for name in OWNED:
            query = sa.text(f"SELECT count(*) FROM {name} WHERE {'id' if name == 'users' else 'user_id'} = :user_id")
            found[name] = (await session.execute(query, {"user_id": user_id})).scalar_one()
    return found


async def let_time_pass(days: int) -> None:
    async with service_session("test") as session:
        for table, column in (("users", "deletion_due_at"), ("data_files", "expires_at")):
            change = sa.text(f"UPDATE {table} SET {column} = {column} - :by")
            await session.execute(change, {"by": timedelta(days)})
        await session.execute(sa.text("DELETE FROM queue_ticks"))


async def test_after_a_week_everything_of_the_person_is_gone(account: UUID, other_user_id: UUID) -> None:
    async with service_session("test", user_id=account) as session:
        await fill(session, account)
        await fill(session, other_user_id)
        for person in (account, other_user_id):
            await session.execute(_ACCOUNT_TOKEN, {"user_id": person})
        await session.execute(
            sa.text("INSERT INTO error_logs (error_type, user_id) VALUES ('Bug', :a), ('Bug', :b)"),
            {"a": account, "b": other_user_id},
        )
    token = await open_session(account, user_agent="", address="")
    before, theirs = await rows_of(account), await rows_of(other_user_id)
    assert min(before.values()) >= 1, "there is a row of this person in every table"

    due = await request_deletion(account, PASSWORD)
    assert timedelta(days=6, hours=23) < due - now() < timedelta(days=7, hours=1)
    await let_time_pass(6)
    await delete_due_accounts()
    assert (await rows_of(account))["users"] == 1, "not before its time"
    await let_time_pass(1)
    await delete_due_accounts()

    left = {name: count for name, count in (await rows_of(account)).items() if count}
    assert set(left) == {"audit_trail"}
    assert await rows_of(other_user_id) == theirs
    assert await resolve_session(hash_token(token)) is None
    with pytest.raises(NotPermitted):
        await sign_in(email="kei@example.org", password=PASSWORD, address="")


async def test_there_is_a_way_back(account: UUID) -> None:
    await request_deletion(account, PASSWORD)
    async with user_session(account) as session:
        await keep_account(session, account)
        assert await deletion_due_at(session, account) is None
    await let_time_pass(30)

    await delete_due_accounts()

    assert await sign_in(email="kei@example.org", password=PASSWORD, address="") == account


async def test_it_wants_the_password(account: UUID) -> None:
    with pytest.raises(InvalidInput):
        await request_deletion(account, "wrong password")
    async with user_session(account) as session:
        assert await deletion_due_at(session, account) is None


async def test_old_files_go(account: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, account)
        await session.execute(sa.text("UPDATE data_files SET expires_at = now() + interval '1 day'"))
    await delete_old_files()
    assert (await rows_of(account))["data_files"] == 1
    await let_time_pass(2)

    await delete_old_files()

    assert (await rows_of(account))["data_files"] == 0
