"""What a worker says of the jobs that it holds: taken, alive, done. Each is one statement for many jobs.

The rest of the queue's functions is in `client.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from pydantic_core import to_json

from buildos_app.queue.connection import QueueConnection

_COMPLETE: Final = (
    "SELECT complete_queue_jobs(array_agg((e ->> 0)::uuid), array_agg((e ->> 1)::bigint),"
    " array_agg(nullif(e -> 2, 'null'))) FROM jsonb_array_elements(%s::jsonb) e"
)
"""One JSON text for all: as three arrays, the parameters took as long as the statement."""

_PROGRESS: Final = "SELECT set_job_progress(%s, %s, %s::jsonb)"


class ClaimedJob(NamedTuple):
    """A job that this worker holds by its lease token."""

    id: UUID
    user_id: UUID | None
    job_type: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    lease_token: int


class EndedJob(NamedTuple):
    """A job whose run went well, with the seconds that it took."""

    claimed: ClaimedJob
    result: dict[str, Any] | None
    seconds: float


async def take_jobs(
    connection: QueueConnection,
    limits: Mapping[str, int],
    batch_size: int,
    *,
    worker_id: UUID,
    lease: timedelta,
    max_priority: int = 100,
) -> list[ClaimedJob]:
    """Take up to `batch_size` due jobs, of each type up to its limit, and hold them for `lease`.

    With `max_priority`, only jobs of that priority or a smaller one.
    """
    rows = await connection.fetch(
        "SELECT * FROM take_queue_jobs(%s, %s, %s, %s, %s, %s)",
        [list(limits), list(limits.values()), batch_size, worker_id, lease, max_priority],
    )
    return [ClaimedJob(*row) for row in rows]


async def complete_jobs(connection: QueueConnection, ended: Sequence[EndedJob]) -> set[UUID]:
    """End jobs well, in one transaction. The ids of those that another lease holds by now.

    Raises ValueError or psycopg.DataError when a result cannot be stored; then none is ended.
    """
    values = to_json([(job.claimed.id, job.claimed.lease_token, job.result) for job in ended])
    return {row[0] for row in await connection.fetch(_COMPLETE, [values.decode()])}


async def set_progress(connection: QueueConnection, job: ClaimedJob, progress: dict[str, Any]) -> bool:
    """Store how far a job is; False when another lease holds it."""
    values = [job.id, job.lease_token, to_json(progress).decode()]
    [(is_held,)] = await connection.fetch(_PROGRESS, values)
    return bool(is_held)


def renew_leases(connection: psycopg.Connection[Any], jobs: Sequence[ClaimedJob], lease: timedelta) -> dict[UUID, bool]:
    """Renew the leases. The jobs that are still ours, each with whether its cancel was asked for."""
    rows = connection.execute(
        "SELECT job_id, cancel_requested FROM heartbeat_jobs(%s, %s, %s)",
        [[job.id for job in jobs], [job.lease_token for job in jobs], lease],
    )
    return dict(rows.fetchall())
