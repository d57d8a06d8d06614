"""The queue as its administrators see it, read from counts and samples: nothing here grows with the number of jobs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.queue import QueueWorker

ALIVE = timedelta(seconds=90)
"""A worker that was silent for longer is taken for dead; it beats every 20 seconds."""

_LATEST = sa.text(
    "SELECT at, job_type, status, count, oldest_at FROM queue_samples"
    " WHERE at = (SELECT max(at) FROM queue_samples) ORDER BY job_type"
)
_ENDED = sa.text(
    "SELECT job_type, outcome, sum(runs)::bigint, sum(seconds) FROM queue_counts WHERE bucket >= :since GROUP BY 1, 2"
)
_RUNS = sa.text(
    "SELECT date_bin(:step, bucket, :since) AS at, outcome, sum(runs)::bigint, sum(seconds) FROM queue_counts"
    " WHERE bucket >= :since GROUP BY 1, 2"
).bindparams(sa.bindparam("step", type_=sa.Interval))
_DEPTHS = sa.text(
    "SELECT date_bin(:step, at, :since), max(waiting) FROM (SELECT at, sum(count)"
    " FILTER (WHERE status IN ('pending', 'retrying')) AS waiting FROM queue_samples WHERE at >= :since GROUP BY at) s"
    " GROUP BY 1"
).bindparams(sa.bindparam("step", type_=sa.Interval))
_FAILED = sa.text(
    "SELECT j.id, j.job_type::text, j.error_message, j.attempts, j.completed_at, u.email"
    " FROM queue_jobs j LEFT JOIN users u ON u.id = j.user_id"
    " WHERE j.status = 'failed' AND j.id < :before"
    " AND NOT EXISTS (SELECT 1 FROM queue_retries r WHERE r.job_id = j.id)"
    " AND (:job_type = '' OR j.job_type::text = :job_type)"
    " ORDER BY j.id DESC LIMIT :limit"
)
_LAST = UUID(int=2**128 - 1)


@dataclass
class TypeLine:
    """A job type: what waits and runs as of the last sample, and what ended since the start of the range."""

    job_type: str
    waiting: int = 0
    scheduled: int = 0
    running: int = 0
    oldest_at: datetime | None = None
    completed: int = 0
    failed: int = 0
    retried: int = 0
    seconds: float = 0

    @property
    def average_seconds(self) -> float:
        """How long a run took that went well."""
        return self.seconds / self.completed if self.completed else 0.0


@dataclass
class Bucket:
    """One bar of the charts, from `at` on."""

    at: datetime
    completed: int = 0
    failed: int = 0
    retried: int = 0
    seconds: float = 0
    waiting: int = 0


@dataclass(frozen=True)
class WorkerView:
    """A worker process, with its lane: the job types and the least urgent priority that it takes."""

    worker_id: UUID
    host: str
    pid: int
    job_types: list[str]
    max_priority: int
    concurrency: int
    running: int
    started_at: datetime
    beat_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True)
class FailedJob:
    """A job that failed for good and was not added again."""

    id: UUID
    job_type: str
    message: str
    attempts: int
    failed_at: datetime
    email: str


@dataclass(frozen=True)
class Overview:
    """Everything on the first screen. `sampled_at` is None before the first sample."""

    sampled_at: datetime | None
    types: list[TypeLine]
    buckets: list[Bucket]
    workers: list[WorkerView] = field(default_factory=list)


async def read_overview(session: AsyncSession, since: datetime, step: timedelta, bars: int) -> Overview:
    """The queue since a moment, in `bars` buckets of `step`; in a session of the service role."""
    lines: dict[str, TypeLine] = {}
    sampled_at = None
    for at, job_type, status, count, oldest_at in await session.execute(_LATEST):
        sampled_at = at
        if job_type:
            _add_sample(lines.setdefault(job_type, TypeLine(job_type)), status, count, oldest_at)
    for job_type, outcome, runs, seconds in await session.execute(_ENDED, {"since": since}):
        _add_runs(lines.setdefault(job_type, TypeLine(job_type)), outcome, runs, seconds)
    return Overview(
        sampled_at,
        sorted(lines.values(), key=lambda line: line.job_type),
        await _buckets(session, since, step, bars),
        await _workers(session),
    )


async def list_failed_jobs(
    session: AsyncSession, *, limit: int, before: UUID | None = None, job_type: str = ""
) -> list[FailedJob]:
    """Jobs that failed for good and were not added again, the newest first."""
    parameters = {"limit": limit, "before": before or _LAST, "job_type": job_type}
    rows = await session.execute(_FAILED, parameters)
    return [FailedJob(row[0], row[1], row[2] or "", row[3], row[4], row[5] or "") for row in rows]


async def _buckets(session: AsyncSession, since: datetime, step: timedelta, bars: int) -> list[Bucket]:
    buckets = {since + step * number: Bucket(since + step * number) for number in range(bars)}
    parameters: dict[str, Any] = {"since": since, "step": step}
    for at, outcome, runs, seconds in await session.execute(_RUNS, parameters):
        if bucket := buckets.get(at):
            _add_runs(bucket, outcome, runs, seconds)
    for at, waiting in await session.execute(_DEPTHS, parameters):
        if bucket := buckets.get(at):
            bucket.waiting = waiting or 0
    return list(buckets.values())


async def _workers(session: AsyncSession) -> list[WorkerView]:
    columns = [getattr(QueueWorker, name) for name in WorkerView.__dataclass_fields__]
    alive = (col(QueueWorker.beat_at) > sa.func.now() - ALIVE) & col(QueueWorker.stopped_at).is_(None)
    rows = await session.execute(sa.select(*columns).where(alive).order_by(col(QueueWorker.started_at)).limit(100))
    return [WorkerView(*row) for row in rows]


def _add_sample(line: TypeLine, status: str, count: int, oldest_at: datetime | None) -> None:
    if status in ("pending", "retrying"):
        line.waiting += count
        line.oldest_at = min(filter(None, (line.oldest_at, oldest_at)), default=None)
    elif status == "scheduled":
        line.scheduled += count
    else:
        line.running += count


def _add_runs(target: TypeLine | Bucket, outcome: str, runs: int, seconds: float) -> None:
    if outcome == "completed":
        target.completed += runs
        target.seconds += seconds
    elif outcome == "failed":
        target.failed += runs
    elif outcome == "retrying":
        target.retried += runs
