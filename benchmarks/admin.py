"""What the administration's first page costs with 100,000 jobs, and what the figures would cost in other ways.

`.venv/bin/python -m benchmarks.admin` on a server and database of its own, which it makes and throws away. It prints
the page's queries as they are (counts written by workers, a sample each minute), the same figures by counting jobs,
and what a trigger that keeps counters would add to completing a job.
"""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks.alone import run_alone
from buildos_app.db.engine import async_engine
from buildos_app.db.session import queue_session
from buildos_app.queue.overview import list_failed_jobs, read_overview
from buildos_app.queue.sampling import sample_queue

JOBS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS, BATCH, BATCHES = 30, 500, 20

FILL = """
INSERT INTO queue_jobs
    (user_id, job_type, status, scheduled_for, started_at, completed_at, attempts, error_message, due)
SELECT u.id, (ARRAY['generate_phases', 'send_sms', 'generate_daily_brief', 'process_brain_dump'])[1 + n % 4],
    s.status::queue_status, now() - n * interval '20 seconds', now() - n * interval '20 seconds',
    CASE WHEN s.status IN ('completed', 'failed') THEN now() - n * interval '19 seconds' END, 1,
    CASE WHEN s.status = 'failed' THEN 'The model is busy' END, true
FROM generate_series(1, :jobs) n CROSS JOIN (SELECT id FROM users LIMIT 1) u
CROSS JOIN LATERAL (
    SELECT CASE WHEN n % 10 < 7 THEN 'completed' WHEN n % 10 < 8 THEN 'failed' ELSE 'pending' END
) s (status)
"""
COUNTS = """
INSERT INTO queue_counts (bucket, job_type, outcome, runs, seconds)
SELECT date_trunc('minute', now()) - n * interval '1 minute', t, o, 3, 1.5 FROM generate_series(0, 2879) n
CROSS JOIN unnest(ARRAY['generate_phases', 'send_sms', 'generate_daily_brief', 'process_brain_dump']) t
CROSS JOIN unnest(ARRAY['completed', 'failed']) o
"""
BY_COUNTING = (
    "SELECT job_type, status, count(*), min(scheduled_for) FROM queue_jobs GROUP BY 1, 2",
    "SELECT job_type, status, count(*), avg(extract(epoch FROM completed_at - started_at)) FROM queue_jobs"
    " WHERE completed_at > now() - interval '1 day' GROUP BY 1, 2",
    "SELECT date_bin('30 minutes', completed_at, '2000-01-01'), status, count(*) FROM queue_jobs"
    " WHERE completed_at > now() - interval '1 day' GROUP BY 1, 2",
)
TRIGGER = """
CREATE TABLE deltas (id bigserial PRIMARY KEY, job_type text, status text, delta bigint);
CREATE FUNCTION add_deltas() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO deltas (job_type, status, delta)
    SELECT job_type, status, sum(d) FROM (SELECT job_type, status, 1 AS d FROM new_rows
        UNION ALL SELECT job_type, status, -1 FROM old_rows) x GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER count_them AFTER UPDATE ON queue_jobs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION add_deltas();
"""


async def main() -> None:
    """Fill, measure, print."""

    async with queue_session() as session:
        await session.execute(sa.text("INSERT INTO users (email) VALUES ('bench@example.org')"))
        await session.execute(sa.text(FILL), {"jobs": JOBS})
        await session.execute(sa.text(COUNTS))
    await analyse()
    since = (await scalar("SELECT date_trunc('hour', now())")) - timedelta(hours=23, minutes=30)

    async def page() -> None:
        async with queue_session() as session:
            await read_overview(session, since, timedelta(minutes=30), 48)
            await list_failed_jobs(session, limit=51)

    async def by_counting() -> None:
        async with queue_session() as session:
            for query in BY_COUNTING:
                (await session.execute(sa.text(query))).all()
            await list_failed_jobs(session, limit=51)

    async def sample() -> None:
        async with queue_session() as session:
            await session.execute(sa.text("DELETE FROM queue_ticks"))
            await session.execute(sa.text("DELETE FROM queue_samples"))
        await sample_queue()

    print(f"{JOBS:,} jobs, {JOBS // 5:,} of them waiting, {ROUNDS} rounds each, milliseconds")
    print(f"  one sample of the queue, once a minute   {await timed(sample)}")
    print(f"  the page, from counts and the sample     {await timed(page)}")
    print(f"  the same figures by counting jobs        {await timed(by_counting)}")
    plain = await completing()
    async with queue_session() as session:
        await session.execute(sa.text("RESET ROLE"))
        await (await session.connection()).exec_driver_sql(TRIGGER)
        await session.execute(sa.text("GRANT ALL ON deltas, deltas_id_seq TO buildos_worker"))
    counted = await completing()
    print(
        f"Completing a job in batches of {BATCH}: {plain:.1f} µs; with a trigger that keeps counters {counted:.1f} µs"
    )


async def timed(work: Callable[[], Awaitable[None]]) -> str:
    """Median and 95th percentile."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1000)
    return f"p50 {statistics.median(taken):7.1f}   p95 {sorted(taken)[int(ROUNDS * 0.95)]:7.1f}"


async def completing() -> float:
    """Microseconds for each job to go from processing to completed."""

    taken = []
    for _ in range(BATCHES):
        async with queue_session() as session:
            claim = sa.text(
                "UPDATE queue_jobs SET status = 'processing', lease_token = 1, lease_expires_at = now() WHERE id IN"
                " (SELECT id FROM queue_jobs WHERE status = 'pending' AND due LIMIT :batch) RETURNING id"
            )
            ids = list((await session.execute(claim, {"batch": BATCH})).scalars())
        began = time.perf_counter()
        async with queue_session() as session:
            done = sa.text("SELECT complete_queue_jobs(CAST(:ids AS uuid[]), array_fill(1::bigint, ARRAY[:count]))")
            (await session.execute(done, {"ids": ids, "count": len(ids)})).all()
        taken.append((time.perf_counter() - began) / max(len(ids), 1) * 1e6)
    return statistics.median(taken)


async def analyse() -> None:
    """What autovacuum would do in a minute."""

    async with async_engine().connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(sa.text("VACUUM ANALYZE"))


async def scalar(query: str) -> Any:
    """One value."""

    async with queue_session() as session:
        return (await session.execute(sa.text(query))).scalar_one()


if __name__ == "__main__":
    run_alone(main)
