"""The worker's own chores: lost jobs come back, statistics are logged, old jobs go."""

import logging
from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa

from buildos_app.db.session import queue_session
from buildos_app.queue import client

logger = logging.getLogger(__name__)

KEEP = {"completed": timedelta(days=30), "cancelled": timedelta(days=30), "failed": timedelta(days=90)}
BATCH = 1000

_DELETE = sa.text(
    "DELETE FROM queue_jobs WHERE id IN (SELECT id FROM queue_jobs WHERE status = CAST(:status AS queue_status)"
    " AND completed_at < now() - CAST(:age AS interval) LIMIT :batch)"
)


async def reset_stalled_jobs() -> None:
    """Take back the jobs of workers that are gone."""
    async with queue_session() as session:
        if count := await client.reset_stalled_jobs(session):
            logger.warning("%d stalled jobs were taken back", count)


async def log_queue_stats() -> None:
    """Write how many jobs of each type are in each status."""
    async with queue_session() as session:
        for job_type, status, count in await client.queue_stats(session):
            logger.info("queue %s %s %d", job_type, status, count)


async def delete_old_jobs() -> None:
    """Delete ended jobs in small batches: completed and cancelled after 30 days, failed after 90."""
    for status, age in KEEP.items():
        deleted = BATCH
        while deleted == BATCH:
            async with queue_session() as session:
                result = await session.execute(_DELETE, {"status": status, "age": age, "batch": BATCH})
                deleted = cast("sa.CursorResult[Any]", result).rowcount
