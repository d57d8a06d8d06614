"""The worker's own chores: lost jobs come back, statistics are logged, old jobs go."""

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.session import queue_session, service_session
from buildos_app.errors import BuildOSError, InvalidPayload
from buildos_app.monitoring.errors import log_failed_run
from buildos_app.notifications.notify import notify
from buildos_app.queue import client
from buildos_app.queue.job import Job

logger = logging.getLogger(__name__)

KEEP = {"completed": timedelta(days=30), "cancelled": timedelta(days=30), "failed": timedelta(days=90)}
BATCH = 1000
EVERY = timedelta(hours=1)

_STALLED_FOR_GOOD = sa.text(
    "SELECT id, user_id, job_type, metadata AS payload, attempts FROM queue_jobs"
    " WHERE status = 'failed' AND completed_at = now() AND error_message LIKE 'stalled:%'"
)
_DELETE_ERRORS = sa.text("DELETE FROM error_logs WHERE at < now() - CAST(:age AS interval)")
_DELETE_WORKERS = sa.text("DELETE FROM queue_workers WHERE started_at < now() - CAST(:age AS interval)")
_DELETE = sa.text(
    "DELETE FROM queue_jobs WHERE id IN (SELECT id FROM queue_jobs WHERE status = CAST(:status AS queue_status)"
    " AND completed_at < now() - CAST(:age AS interval) LIMIT :batch)"
)


class WorkerLost(BuildOSError):
    """The worker that ran a job died, each time."""


async def reset_stalled_jobs() -> None:
    """Take back the jobs of workers that are gone; those without an attempt left are told and logged as failures."""
    async with queue_session() as session:
        if count := await client.reset_stalled_jobs(session):
            logger.warning("%d stalled jobs were taken back", count)
            for row in (await session.execute(_STALLED_FOR_GOOD)).mappings():
                _tell(session, **row)


def _tell(
    session: AsyncSession, *, id: UUID, user_id: UUID | None, job_type: str, payload: dict[str, Any], attempts: int
) -> None:
    error = WorkerLost("The worker was lost each time this ran.")
    log_failed_run(
        session, error, str(error), user_id=user_id, job_id=id, job_type=job_type, attempt=attempts, outcome="failed"
    )
    with suppress(InvalidPayload):
        event = Job.load(job_type, payload).failure_event(str(error))
        if event is not None and user_id is not None:
            notify(session, user_id, event)


async def log_queue_stats() -> None:
    """Write how many jobs of each type are in each status."""
    async with queue_session() as session:
        for job_type, status, count in await client.queue_stats(session):
            logger.info("queue %s %s %d", job_type, status, count)


async def delete_old_jobs() -> None:
    """Delete ended jobs in small batches: completed and cancelled after 30 days, failed and their errors after 90.

    One worker does it each hour. Its tick is taken with the first batch: a worker that dies later leaves the rest for
    the next hour, and one that dies earlier leaves the tick as well.
    """
    async with service_session("delete old jobs and errors") as session:
        if not await client.begin_tick(session, "delete_old_jobs", EVERY):
            return
        for statement in (_DELETE_ERRORS, _DELETE_WORKERS):
            await session.execute(statement, {"age": KEEP["failed"]})
    for status, age in KEEP.items():
        deleted = BATCH
        while deleted == BATCH:
            async with queue_session() as session:
                result = await session.execute(_DELETE, {"status": status, "age": age, "batch": BATCH})
                deleted = cast("sa.CursorResult[Any]", result).rowcount
