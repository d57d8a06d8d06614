"""Everything works behind PgBouncer in transaction mode. Run by `make test-debian`, which starts one."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
import sqlalchemy as sa

from buildos_app.db.engine import async_engine, behind_pooler, dispose
from buildos_app.db.session import service_session, user_session
from buildos_app.models.project import Project, Task
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.queue.client import add_job
from buildos_app.queue.enqueue import Enqueuer
from tests.fixtures.database import make_user, use
from tests.fixtures.processes import free_port


@pytest_asyncio.fixture
async def pooled(database: str) -> AsyncIterator[str]:
    """The URL of this test's database through the pooler, which this process uses now."""
    await dispose()
    through = sa.make_url(os.environ["TEST_POOLER_URL"]).set(database=sa.make_url(database).database)
    use(through.render_as_string(hide_password=False))
    yield through.render_as_string(hide_password=False)
    await dispose()
    use(database)


@pytest.fixture
def direct(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


async def garden(user_id: UUID) -> UUID:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add(Task(user_id=user_id, project_id=project.id, title="Order timber"))
    return project.id


async def test_the_pooler_is_seen(database: str, pooled: str) -> None:
    assert behind_pooler()


async def test_no_identity_outlives_its_transaction(pooled: str) -> None:
    people = [await make_user(f"person{number}@example.org") for number in range(8)]
    await asyncio.gather(*(garden(user_id) for user_id in people))

    async def owners(user_id: UUID) -> set[UUID]:
        async with user_session(user_id) as session:
            return set((await session.execute(sa.text("SELECT user_id FROM projects"))).scalars())

    for _ in range(10):
        assert await asyncio.gather(*map(owners, people)) == [{user_id} for user_id in people]
    async with async_engine().connect() as connection:
        role = (await connection.execute(sa.text("SELECT current_user"))).scalar_one()
    assert role == "postgres"


async def test_a_worker_polls_and_says_so(pooled: str, direct: psycopg.Connection[Any], start: Any) -> None:
    user_id = await make_user("ana@example.org")
    project_id = await garden(user_id)
    direct.execute("LISTEN user_events")
    worker = start("-m", "worker", DATABASE_URL=pooled, WORKER_HEALTH_PORT=str(free_port()), WORKER_POLL_SECONDS="30")
    worker.wait_for("a pooler stands before the database")

    async with user_session(user_id) as session:
        first = await add_job(session, user_id, GeneratePhases(project_id=project_id))
    enqueuer = Enqueuer()
    again = await enqueuer.add(user_id, GeneratePhases(project_id=project_id))
    await enqueuer.close()

    assert again == first
    while ended(direct, first) != "completed":
        assert list(direct.notifies(timeout=20, stop_after=1))


def ended(connection: psycopg.Connection[Any], job_id: UUID) -> str:
    row = connection.execute("SELECT status FROM queue_jobs WHERE id = %s", [job_id]).fetchone()
    assert row is not None
    return str(row[0])
