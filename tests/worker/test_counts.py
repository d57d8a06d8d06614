"""What a worker did is written down as counts, and whether it is alive."""

from uuid import UUID, uuid4

import sqlalchemy as sa

from buildos_app.db.session import queue_session, service_session, user_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.own_data.jobs import ExportData
from buildos_app.ports import Ports
from buildos_app.queue.client import add_job, register_worker
from worker.counts import Counts
from worker.runner import Runner


async def one(query: str) -> sa.Row[tuple[object, ...]]:
    async with service_session("test") as session:
        return (await session.execute(sa.text(query))).one()


async def test_counts_are_added_once(user_id: UUID) -> None:
    runner = Runner(ports=Ports(llm=OfflineEngine()), worker_id=uuid4(), job_types=["export_data"], concurrency=3)
    counts = Counts(runner.worker_id, runner.slots, max_priority=5)
    async with queue_session() as session:
        await register_worker(session, runner.worker_id, "test", 0, ["export_data"])
    async with user_session(user_id) as session:
        await add_job(session, user_id, ExportData())
    async with runner:
        await runner.fill()
        await runner.drain(30)

    for _ in range(3):
        await counts.write()

    query = "SELECT sum(runs), sum(seconds) > 0, max(job_type), max(outcome) FROM queue_counts"
    assert tuple(await one(query)) == (1, True, "export_data", "completed")
    lane = "SELECT max_priority, concurrency, running, stopped_at IS NULL, beat_at > started_at FROM queue_workers"
    assert tuple(await one(lane)) == (5, 3, 0, True, True)
    await counts.write(stopped=True)
    assert tuple(await one("SELECT stopped_at IS NULL FROM queue_workers")) == (False,)


async def test_counts_survive_a_database_that_is_away(user_id: UUID) -> None:
    runner = Runner(ports=Ports(llm=OfflineEngine()), worker_id=uuid4(), job_types=["export_data"])
    counts = Counts(runner.worker_id, runner.slots, max_priority=100)
    runner.slots.runs["export_data", "failed"] += 2
    async with service_session("test") as session:
        await session.execute(sa.text("RESET ROLE"))
        await session.execute(sa.text("ALTER TABLE queue_counts RENAME TO away"))
    await counts.write()
    async with service_session("test") as session:
        await session.execute(sa.text("RESET ROLE"))
        await session.execute(sa.text("ALTER TABLE away RENAME TO queue_counts"))
    runner.slots.runs["export_data", "failed"] += 1

    await counts.write()

    assert tuple(await one("SELECT sum(runs), max(outcome) FROM queue_counts")) == (3, "failed")
