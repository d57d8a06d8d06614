"""Duties of the queue's statistics: a sample each minute, and less detail of what is older."""

from datetime import timedelta

import sqlalchemy as sa

from buildos_app.db.session import queue_session
from buildos_app.queue.client import begin_tick

EVERY = timedelta(minutes=1)
DETAIL = timedelta(days=2)
KEEP = timedelta(days=92)

_SAMPLE = sa.text("""
    INSERT INTO queue_samples (at, job_type, status, count, oldest_at)
    SELECT date_trunc('minute', now()), job_type::text, status::text, count(*), min(scheduled_for) FROM queue_jobs
    WHERE due AND status IN ('pending', 'retrying') GROUP BY 2, 3
    UNION ALL
    SELECT date_trunc('minute', now()), job_type::text, 'scheduled', count(*), min(scheduled_for) FROM queue_jobs
    WHERE NOT due GROUP BY 2
    UNION ALL
    SELECT date_trunc('minute', now()), job_type::text, 'processing', count(*), min(started_at) FROM queue_jobs
    WHERE status = 'processing' GROUP BY 2
    UNION ALL
    SELECT date_trunc('minute', now()), '', '', 0, NULL  -- an empty queue leaves its mark too
    ON CONFLICT DO NOTHING
""")
_FOLD = sa.text("""
    WITH young AS (
        DELETE FROM queue_counts
        WHERE bucket < now() - CAST(:detail AS interval) AND bucket <> date_trunc('hour', bucket)
        RETURNING date_trunc('hour', bucket) AS hour, job_type, outcome, runs, seconds
    )
    INSERT INTO queue_counts AS c (bucket, job_type, outcome, runs, seconds)
    SELECT hour, job_type, outcome, sum(runs), sum(seconds) FROM young GROUP BY 1, 2, 3
    ON CONFLICT (bucket, job_type, outcome) DO UPDATE SET
        runs = c.runs + excluded.runs, seconds = c.seconds + excluded.seconds
""")
_THIN = sa.text(
    "DELETE FROM queue_samples WHERE at < now() - CAST(:detail AS interval) AND extract(minute FROM at)::int % 15 <> 0"
)
_FORGET = (
    sa.text("DELETE FROM queue_counts WHERE bucket < now() - CAST(:keep AS interval)"),
    sa.text("DELETE FROM queue_samples WHERE at < now() - CAST(:keep AS interval)"),
)


async def sample_queue() -> None:
    """Once a minute, over all workers: count what has not ended, by its partial indexes. History costs nothing."""
    async with queue_session() as session:
        if await begin_tick(session, "sample_queue", EVERY):
            await session.execute(_SAMPLE)


async def fold_queue_counts() -> None:
    """Once an hour: minutes that are older than two days become hours, samples quarters of an hour; after three months
    both go."""
    async with queue_session() as session:
        if await begin_tick(session, "fold_queue_counts", timedelta(hours=1)):
            for statement in (_FOLD, _THIN):
                await session.execute(statement, {"detail": DETAIL})
            for statement in _FORGET:
                await session.execute(statement, {"keep": KEEP})
