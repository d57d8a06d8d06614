"""One query in one round trip is under row level security like any other, and leaves nothing behind."""

from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.db.engine import async_engine
from buildos_app.db.pipeline import read_as
from buildos_app.db.session import user_session
from buildos_app.models.notification import Notification
from buildos_app.notifications.events import OnboardingFailed
from buildos_app.notifications.notify import notify

REASONS = (
    sa.select(col(Notification.payload))
    .where(col(Notification.event) != "constant")
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
BROKEN = sa.select(sa.text("1 / 0"))


async def test_a_person_reads_their_own_rows_only(user_id: UUID, other_user_id: UUID) -> None:
    for person, reason in ((user_id, "mine"), (other_user_id, "theirs")):
        async with user_session(person) as session:
            notify(session, person, OnboardingFailed(reason=reason))

    assert [row.payload["reason"] for row in await read_as(user_id, REASONS, limit=5)] == ["mine"]
    assert [row.payload["reason"] for row in await read_as(other_user_id, REASONS, limit=5)] == ["theirs"]


async def test_neither_role_nor_failure_outlives_it(user_id: UUID) -> None:
    async with async_engine().connect() as connection:
        before = (await connection.execute(sa.text("SELECT current_user"))).scalar_one()

    with pytest.raises(psycopg.errors.DivisionByZero):
        await read_as(user_id, BROKEN)
    await read_as(user_id, REASONS, limit=1)

    async with async_engine().connect() as connection:
        query = sa.text("SELECT current_user, current_setting('app.user_id', true)")
        assert tuple((await connection.execute(query)).one()) == (before, "")
