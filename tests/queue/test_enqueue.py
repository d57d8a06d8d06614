"""Adding single jobs together."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
import sqlalchemy as sa

from buildos_app.db.session import service_session
from buildos_app.errors import InvalidInput
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.queue.enqueue import Enqueuer


@pytest_asyncio.fixture
async def enqueuer(database: str) -> AsyncIterator[Enqueuer]:
    enqueuer = Enqueuer()
    yield enqueuer
    await enqueuer.close()


def a_job() -> GeneratePhases:
    return GeneratePhases(project_id=uuid4())


async def count(column: str) -> int:
    async with service_session("test") as session:
        return (await session.execute(sa.text(f"SELECT count(DISTINCT {column}) FROM queue_jobs"))).scalar_one()


async def test_jobs_that_come_together_share_a_transaction(enqueuer: Enqueuer, user_id: UUID) -> None:
    ids = await asyncio.gather(*(enqueuer.add(user_id, a_job()) for _ in range(50)))

    assert len(set(ids)) == await count("id") == 50
    assert await count("created_at") == 2


async def test_a_live_key_gives_the_same_id(enqueuer: Enqueuer, user_id: UUID) -> None:
    job = a_job()

    ids = await asyncio.gather(*(enqueuer.add(user_id, job) for _ in range(10)))

    assert len(set(ids)) == await count("id") == 1


async def test_a_bad_job_does_not_spoil_the_others(enqueuer: Enqueuer, user_id: UUID) -> None:
    people = [user_id, user_id, uuid4(), user_id]

    first, second, stranger, last = await asyncio.gather(
        *(enqueuer.add(person, a_job()) for person in people), return_exceptions=True
    )

    assert isinstance(stranger, InvalidInput)
    assert len({first, second, last}) == await count("id") == 3


async def test_a_caller_that_goes_away_leaves_the_others(enqueuer: Enqueuer, user_id: UUID) -> None:
    callers = [asyncio.create_task(enqueuer.add(user_id, a_job())) for _ in range(5)]
    await asyncio.sleep(0)
    callers[0].cancel()
    callers[2].cancel()

    results = await asyncio.gather(*callers, return_exceptions=True)

    assert [isinstance(result, UUID) for result in results] == [False, True, False, True, True]


async def test_a_lost_connection_is_said_and_comes_back(enqueuer: Enqueuer, user_id: UUID, database: str) -> None:
    await enqueuer.add(user_id, a_job())
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with pytest.raises(psycopg.OperationalError):
        await enqueuer.add(user_id, a_job())

    assert await enqueuer.add(user_id, a_job())
