"""The queue's SQL functions for a transaction's session, one Python name each.

Only this file and `holding.py` name them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.pipeline import ask_as_worker
from buildos_app.errors import Conflict, InvalidInput, NotFound, NotPermitted
from buildos_app.queue.holding import ClaimedJob
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
    "SELECT array(SELECT add_queue_jobs(:job_type, user_ids, payloads, :priority, p_max_attempts => :max_attempts))"
    " FROM (SELECT array_agg((j ->> 0)::uuid) AS user_ids, array_agg(j -> 1) AS payloads"
    " FROM jsonb_array_elements(CAST(:jobs AS jsonb)) j) jobs"
)
_ADD_PLANNED = sa.text(
    "SELECT array_agg(add_queue_job(j.user_id, :job_type, j.payload, :priority, j.scheduled_for, j.dedup_key,"
    " :max_attempts) ORDER BY j.position)"
    " FROM unnest(:user_ids, :payloads, :moments, :dedup_keys) WITH ORDINALITY"
    " j (user_id, payload, scheduled_for, dedup_key, position)"
).bindparams(
    sa.bindparam("user_ids", type_=ARRAY(sa.Uuid)),
    sa.bindparam("payloads", type_=ARRAY(JSONB)),
    sa.bindparam("moments", type_=ARRAY(sa.DateTime(timezone=True))),
    sa.bindparam("dedup_keys", type_=ARRAY(sa.Text)),
)
_LAST_TICK = sa.text("SELECT tick FROM queue_ticks WHERE name = :name")
_SNOOZE = sa.text("SELECT snooze_queue_job(:job_id, :lease_token, :until)").bindparams(
    sa.bindparam("until", type_=sa.DateTime(timezone=True))
)
_COMPLETE = sa.text("SELECT complete_queue_job(:job_id, CAST(:result AS jsonb), :lease_token)")
_FAIL = sa.text("SELECT fail_queue_job(:job_id, :message, :retry, :lease_token, :retry_in)").bindparams(
    sa.bindparam("retry_in", type_=sa.Interval)
)
_CANCEL = sa.text("SELECT cancel_queue_job(:job_id)")
_CANCEL_ABOUT = sa.text(
    "SELECT cancel_queue_job(id, :reason) FROM queue_jobs"
    " WHERE status IN ('pending', 'processing', 'retrying') AND metadata @> :fields"
).bindparams(sa.bindparam("fields", type_=JSONB))
_CANCEL_MANY = sa.text("SELECT cancel_queue_job(id) FROM unnest(:job_ids) j (id)").bindparams(
    sa.bindparam("job_ids", type_=ARRAY(sa.Uuid))
)
_RETRY = sa.text("SELECT retry_queue_job(:job_id)")
_RETRY_MANY = sa.text("SELECT retry_queue_job(id) FROM unnest(:job_ids) j (id)").bindparams(
    sa.bindparam("job_ids", type_=ARRAY(sa.Uuid))
)
_RESET = sa.text("SELECT reset_stalled_jobs()")
_STATS = sa.text("SELECT job_type, status, count FROM get_queue_stats()")
_LIVE_STATS = sa.text("SELECT job_type, status, count FROM get_live_queue_stats()")
_BEGIN_TICK = sa.text("SELECT begin_tick(:name, :every)").bindparams(sa.bindparam("every", type_=sa.Interval))
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


async def add_job(
    session: AsyncSession,
    user_id: UUID | None,
    job: Job,
    *,
    scheduled_for: datetime | None = None,
    on_conflict: str = "return",
    priority: int | None = None,
) -> UUID:
    """Add a job in the caller's transaction and return its id, or the id of the live one with the same dedup key.

    `priority` is the job type's own unless this one is more urgent.
    """
    job_id: UUID = await _call(
        session,
        _ADD,
        user_id=user_id,
        job_type=job.job_type,
        payload=job.model_dump(mode="json"),
        priority=priority or job.priority,
        scheduled_for=scheduled_for,
        dedup_key=job.dedup_key,
        max_attempts=job.max_attempts,
        on_conflict=on_conflict,
    )
    return job_id


async def cancel_job(session: AsyncSession, job_id: UUID) -> str:
    """Cancel: 'cancelled', 'requested' for a running job, else the status of a job that has ended."""
    return str(await _call(session, _CANCEL, job_id=job_id))


async def cancel_jobs_about(session: AsyncSession, reason: str, **fields: str) -> int:
    """Cancel the session's person's live jobs whose payload has these fields; how many."""
    return len((await session.execute(_CANCEL_ABOUT, {"fields": fields, "reason": reason})).all())


async def cancel_jobs(session: AsyncSession, job_ids: Sequence[UUID]) -> None:
    """Cancel these jobs; those that have ended stay as they are."""
    async with _refusals():
        await session.execute(_CANCEL_MANY, {"job_ids": list(job_ids)})


async def retry_job(session: AsyncSession, job_id: UUID) -> UUID:
    """Add a failed or cancelled job again and return the new id."""
    new_id: UUID = await _call(session, _RETRY, job_id=job_id)
    return new_id


async def retry_jobs(session: AsyncSession, job_ids: Sequence[UUID]) -> int:
    """Add these failed or cancelled jobs again, all or none; how many."""
    async with _refusals():
        return len((await session.execute(_RETRY_MANY, {"job_ids": list(job_ids)})).all())


async def complete_job(session: AsyncSession, job: ClaimedJob, result: dict[str, Any] | None) -> bool:
    """End a job well in a person's transaction; False when another lease holds it."""
    stored = None if result is None else to_json(result).decode()
    [row] = await ask_as_worker(session, _COMPLETE, job_id=job.id, result=stored, lease_token=job.lease_token)
    return bool(row[0])


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
        "jobs": to_json(jobs).decode(),
        "priority": kind.priority,
        "max_attempts": kind.max_attempts,
    }
    async with _refusals():
        ids: list[UUID] = (await session.execute(_ADD_MANY, parameters)).scalar_one()
    return ids


async def add_planned_jobs(
    session: AsyncSession, jobs: Sequence[tuple[UUID, datetime, Job]], *, priority: int | None = None
) -> list[UUID]:
    """Add jobs of one type, each for its person and moment, in one statement; their ids in order.

    As `add_job`, a live job with the same dedup key is kept, and its id returned. For others than the session's person
    it takes the service role.
    """
    if not jobs:
        return []
    kind = type(jobs[0][2])
    return list(
        await _call(
            session,
            _ADD_PLANNED,
            job_type=kind.job_type,
            priority=priority or kind.priority,
            max_attempts=kind.max_attempts,
            user_ids=[user_id for user_id, _, _ in jobs],
            payloads=[job.model_dump(mode="json") for _, _, job in jobs],
            moments=[moment for _, moment, _ in jobs],
            dedup_keys=[job.dedup_key for _, _, job in jobs],
        )
    )


async def last_tick(session: AsyncSession, name: str) -> datetime | None:
    """When a periodic duty was last begun by any worker."""
    return (await session.execute(_LAST_TICK, {"name": name})).scalar_one_or_none()


async def snooze_job(session: AsyncSession, job: ClaimedJob, until: datetime) -> bool:
    """Put a running job back until a later moment, uncounted; False when another lease holds it."""
    return bool(await _call(session, _SNOOZE, job_id=job.id, lease_token=job.lease_token, until=until))


async def register_job_types(session: AsyncSession) -> None:
    """Tell the database of every job class."""
    for job_class in Job.types.values():
        options = {
            "job_type": job_class.job_type,
            "max_attempts": job_class.max_attempts,
            "max_running": job_class.max_running,
        }
        await session.execute(_REGISTER_TYPE, options)


async def register_worker(session: AsyncSession, worker_id: UUID, host: str, pid: int, job_types: list[str]) -> None:
    """Write this worker down for people to see, and tell the database of every job class."""
    await register_job_types(session)
    values = {"worker_id": worker_id, "host": host, "pid": pid, "job_types": job_types}
    await session.execute(_REGISTER_WORKER, values)


async def release_jobs(session: AsyncSession, jobs: list[ClaimedJob]) -> int:
    """Hand back jobs that could not be finished; their run does not count."""
    held = {"job_ids": [job.id for job in jobs], "tokens": [job.lease_token for job in jobs]}
    return int(await _call(session, _RELEASE, **held))


async def reset_stalled_jobs(session: AsyncSession) -> int:
    """Take back the jobs of lost workers; how many."""
    return int(await _call(session, _RESET))


async def queue_stats(session: AsyncSession) -> list[tuple[str, str, int]]:
    """(job type, status, count) of every group that has jobs."""
    return [(row.job_type, row.status, row[2]) for row in await session.execute(_STATS)]


async def live_queue_stats(session: AsyncSession) -> list[tuple[str, str, int]]:
    """As `queue_stats`, of the jobs that have not ended; its cost does not grow with the history."""
    return [(row.job_type, row.status, row[2]) for row in await session.execute(_LIVE_STATS)]


async def begin_tick(session: AsyncSession, name: str, every: timedelta) -> bool:
    """Is the tick of now ours? One transaction of all workers gets True, once for each `every`."""
    return await _call(session, _BEGIN_TICK, name=name, every=every) is not None


_MEANING = {"42501": NotPermitted, "22023": InvalidInput, "P0002": NotFound, "55000": Conflict}
_UNKNOWN_USER = "23503"


def in_our_words(error: BaseException) -> BaseException:
    """What a refusal by one of the queue's functions means; any other error as it is."""
    state = getattr(error, "sqlstate", None) or ""
    if state == _UNKNOWN_USER:
        return InvalidInput("unknown user")
    meaning = _MEANING.get(state)
    return error if meaning is None else meaning(str(error).splitlines()[0])


@asynccontextmanager
async def _refusals() -> AsyncIterator[None]:
    try:
        yield
    except DBAPIError as error:
        refusal = in_our_words(error.orig or error)
        if refusal is error.orig:
            raise
        raise refusal from error


async def _call(session: AsyncSession, function: sa.TextClause, **arguments: Any) -> Any:
    async with _refusals():
        return (await session.execute(function, arguments)).scalar_one()
