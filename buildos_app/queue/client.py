"""The queue's SQL functions, one Python name each; no other Python file names them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import Conflict, InvalidInput, NotFound, NotPermitted
from buildos_app.queue.job import Job

_ADD = sa.text(
    "SELECT add_queue_job(:user_id, :job_type, :payload, :priority, coalesce(:scheduled_for, now()), :dedup_key,"
    " :max_attempts, :on_conflict)"
).bindparams(
    sa.bindparam("payload", type_=JSONB),
    sa.bindparam("user_id", type_=sa.Uuid),
    sa.bindparam("scheduled_for", type_=sa.DateTime(timezone=True)),
    sa.bindparam("dedup_key", type_=sa.Text),
)
_ADD_MANY = sa.text(
    "SELECT add_queue_jobs(:job_type, :user_ids, :payloads, :priority, p_max_attempts => :max_attempts)"
).bindparams(sa.bindparam("user_ids", type_=ARRAY(sa.Uuid)), sa.bindparam("payloads", type_=ARRAY(JSONB)))
_SNOOZE = sa.text("SELECT snooze_queue_job(:job_id, :lease_token, :until)").bindparams(
    sa.bindparam("until", type_=sa.DateTime(timezone=True))
)
_CLAIM = sa.text(
    "SELECT id, user_id, job_type, metadata AS payload, attempts, max_attempts, lease_token"
    " FROM claim_pending_jobs(:job_types, :batch_size, :worker_id, :lease, :max_priority)"
).bindparams(sa.bindparam("job_types", type_=ARRAY(sa.Text)), sa.bindparam("worker_id", type_=sa.Uuid))
_COMPLETE = sa.text("SELECT complete_queue_job(:job_id, :result, :lease_token)").bindparams(
    sa.bindparam("result", type_=JSONB(none_as_null=True))
)
_FAIL = sa.text("SELECT fail_queue_job(:job_id, :message, :retry, :lease_token, :retry_in)").bindparams(
    sa.bindparam("retry_in", type_=sa.Interval)
)
_CANCEL = sa.text("SELECT cancel_queue_job(:job_id)")
_RETRY = sa.text("SELECT retry_queue_job(:job_id)")
_RESET = sa.text("SELECT reset_stalled_jobs()")
_STATS = sa.text("SELECT job_type, status, count FROM get_queue_stats()")
_PROGRESS = sa.text("SELECT set_job_progress(:job_id, :lease_token, :progress)").bindparams(
    sa.bindparam("progress", type_=JSONB)
)
_RELEASE = sa.text("SELECT release_queue_jobs(:job_ids, :tokens)").bindparams(
    sa.bindparam("job_ids", type_=ARRAY(sa.Uuid)), sa.bindparam("tokens", type_=ARRAY(sa.BigInteger))
)
_REGISTER_WORKER = sa.text(
    "INSERT INTO queue_workers (worker_id, host, pid, job_types) VALUES (:worker_id, :host, :pid, :job_types)"
).bindparams(sa.bindparam("job_types", type_=JSONB))
_REGISTER_TYPE = sa.text(
    "INSERT INTO queue_settings (job_type, max_attempts, max_running) VALUES (:job_type, :max_attempts, :max_running)"
    " ON CONFLICT (job_type) DO UPDATE SET max_attempts = excluded.max_attempts, max_running = excluded.max_running"
)


@dataclass(frozen=True)
class ClaimedJob:
    """A job that this worker holds by its lease token."""

    id: UUID
    user_id: UUID | None
    job_type: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    lease_token: int


async def add_job(
    session: AsyncSession,
    user_id: UUID | None,
    job: Job,
    *,
    scheduled_for: datetime | None = None,
    on_conflict: str = "return",
) -> UUID:
    """Add a job in the caller's transaction and return its id, or the id of the live one with the same dedup key."""
    job_id: UUID = await _call(
        session,
        _ADD,
        user_id=user_id,
        job_type=job.job_type,
        payload=job.model_dump(mode="json"),
        priority=job.priority,
        scheduled_for=scheduled_for,
        dedup_key=job.dedup_key,
        max_attempts=job.max_attempts,
        on_conflict=on_conflict,
    )
    return job_id


async def cancel_job(session: AsyncSession, job_id: UUID) -> str:
    """Cancel: 'cancelled', 'requested' for a running job, else the status of a job that has ended."""
    return str(await _call(session, _CANCEL, job_id=job_id))


async def retry_job(session: AsyncSession, job_id: UUID) -> UUID:
    """Add a failed or cancelled job again and return the new id."""
    new_id: UUID = await _call(session, _RETRY, job_id=job_id)
    return new_id


async def claim_jobs(
    session: AsyncSession,
    job_types: list[str],
    batch_size: int,
    *,
    worker_id: UUID,
    lease: timedelta,
    max_priority: int = 100,
) -> list[ClaimedJob]:
    """Take up to `batch_size` waiting jobs of priority `max_priority` or a smaller one, and hold them for `lease`."""
    parameters = {
        "job_types": job_types,
        "batch_size": batch_size,
        "worker_id": worker_id,
        "lease": lease,
        "max_priority": max_priority,
    }
    return [ClaimedJob(**row) for row in (await session.execute(_CLAIM, parameters)).mappings()]


async def complete_job(session: AsyncSession, job: ClaimedJob, result: dict[str, Any] | None) -> bool:
    """End a job well; False when another lease holds it."""
    return bool(await _call(session, _COMPLETE, job_id=job.id, result=result, lease_token=job.lease_token))


async def fail_job(
    session: AsyncSession, job: ClaimedJob, message: str, *, retry: bool, retry_in: timedelta | None = None
) -> str:
    """End a run badly: 'retrying', 'failed', 'cancelled' or 'fenced'."""
    parameters = {"message": message, "retry": retry, "lease_token": job.lease_token, "retry_in": retry_in}
    return str(await _call(session, _FAIL, job_id=job.id, **parameters))


async def add_jobs(session: AsyncSession, jobs: Sequence[tuple[UUID, Job]]) -> list[UUID]:
    """Add jobs of one type at once, each for its person, as the service role; their ids in no special order.

    Raises InvalidInput for jobs of several types or with dedup keys, which only `add_job` knows.
    """
    kinds = {type(job) for _, job in jobs}
    if len(kinds) > 1 or any(job.dedup_key is not None for _, job in jobs):
        raise InvalidInput("Jobs that are added at once are of one type and have no dedup key.")
    if not jobs:
        return []
    kind = kinds.pop()
    parameters = {
        "job_type": kind.job_type,
        "user_ids": [user_id for user_id, _ in jobs],
        "payloads": [job.model_dump(mode="json") for _, job in jobs],
        "priority": kind.priority,
        "max_attempts": kind.max_attempts,
    }
    async with _in_our_words():
        return list((await session.execute(_ADD_MANY, parameters)).scalars())


async def snooze_job(session: AsyncSession, job: ClaimedJob, until: datetime) -> bool:
    """Put a running job back until a later moment, uncounted; False when another lease holds it."""
    return bool(await _call(session, _SNOOZE, job_id=job.id, lease_token=job.lease_token, until=until))


def heartbeat_statement(
    connection: psycopg.Connection[Any], jobs: list[ClaimedJob], lease: timedelta
) -> dict[UUID, bool]:
    """Renew the leases. The jobs that are still ours, each with whether its cancel was asked for."""
    rows = connection.execute(
        "SELECT job_id, cancel_requested FROM heartbeat_jobs(%s, %s, %s)",
        [[job.id for job in jobs], [job.lease_token for job in jobs], lease],
    )
    return dict(rows.fetchall())


async def register_worker(session: AsyncSession, worker_id: UUID, host: str, pid: int, job_types: list[str]) -> None:
    """Write this worker down for people to see, and tell the database of every job class."""
    for job_class in Job.types.values():
        options = {
            "job_type": job_class.job_type,
            "max_attempts": job_class.max_attempts,
            "max_running": job_class.max_running,
        }
        await session.execute(_REGISTER_TYPE, options)
    values = {"worker_id": worker_id, "host": host, "pid": pid, "job_types": job_types}
    await session.execute(_REGISTER_WORKER, values)


async def release_jobs(session: AsyncSession, jobs: list[ClaimedJob]) -> int:
    """Hand back jobs that could not be finished; their run does not count."""
    held = {"job_ids": [job.id for job in jobs], "tokens": [job.lease_token for job in jobs]}
    return int(await _call(session, _RELEASE, **held))


async def set_progress(session: AsyncSession, job: ClaimedJob, progress: dict[str, Any]) -> bool:
    """Store how far a job is; False when another lease holds it."""
    return bool(await _call(session, _PROGRESS, job_id=job.id, lease_token=job.lease_token, progress=progress))


async def reset_stalled_jobs(session: AsyncSession) -> int:
    """Take back the jobs of lost workers; how many."""
    return int(await _call(session, _RESET))


async def queue_stats(session: AsyncSession) -> list[tuple[str, str, int]]:
    """(job type, status, count) of every group that has jobs."""
    return [(row.job_type, row.status, row[2]) for row in await session.execute(_STATS)]


_MEANING = {"42501": NotPermitted, "22023": InvalidInput, "P0002": NotFound, "55000": Conflict}


@asynccontextmanager
async def _in_our_words() -> AsyncIterator[None]:
    try:
        yield
    except DBAPIError as error:
        meaning = _MEANING.get(getattr(error.orig, "sqlstate", None) or "")
        if meaning is None:
            raise
        raise meaning(str(error.orig).splitlines()[0]) from error


async def _call(session: AsyncSession, function: sa.TextClause, **arguments: Any) -> Any:
    async with _in_our_words():
        return (await session.execute(function, arguments)).scalar_one()
