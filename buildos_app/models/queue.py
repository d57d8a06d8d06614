"""The queue's tables. Jobs change through the functions in `alembic/sql/queue/`; the janitor deletes old ones."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM, JSONB
from sqlmodel import Field, SQLModel

from buildos_app.models.base import Row, Timestamp, moment
from buildos_app.models.project import json_object


class JobStatus(StrEnum):
    """The six states of a job: completed, failed and cancelled are final, `retrying` waits for its next run."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETRYING = "retrying"


LIVE = sa.text("dedup_key IS NOT NULL AND status IN ('pending', 'processing', 'retrying')")
WAITING = sa.text("due AND status IN ('pending', 'retrying')")
STATUS = ENUM(*(status.value for status in JobStatus), name="queue_status", create_type=False)
JOB_TYPE = DOMAIN("queue_type", sa.Text, create_type=False)


class QueueJob(Row, table=True):
    """One job. The payload is stored in the column `metadata`, a name that SQLAlchemy keeps for itself."""

    __tablename__ = "queue_jobs"
    __table_args__ = (
        sa.CheckConstraint("priority BETWEEN 1 AND 100", name="priority_in_range"),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_an_object"),
        sa.Index("idx_queue_jobs_processing", "job_type", "order_key", "id", postgresql_where=WAITING),
        sa.Index("idx_queue_jobs_scheduled", "scheduled_for", postgresql_where=sa.text("NOT due")),
        sa.Index("idx_queue_jobs_user_status", "user_id", "status"),
        sa.Index(
            "idx_queue_jobs_user_tail",
            "user_id",
            "job_type",
            "priority",
            "order_key",
            postgresql_where=sa.text("status IN ('pending', 'retrying') AND user_id IS NOT NULL"),
        ),
        sa.Index("idx_queue_jobs_failed", "id", postgresql_where=sa.text("status = 'failed'")),
        sa.Index(
            "idx_queue_jobs_lease", "job_type", "lease_expires_at", postgresql_where=sa.text("status = 'processing'")
        ),
        sa.Index(
            "idx_queue_jobs_dedup",
            "user_id",
            "job_type",
            "dedup_key",
            unique=True,
            postgresql_where=LIVE,
            postgresql_nulls_not_distinct=True,
        ),
        {
            "postgresql_with": {
                "fillfactor": 90,
                "autovacuum_vacuum_scale_factor": 0.01,
                "autovacuum_vacuum_threshold": 1000,
                "autovacuum_vacuum_cost_delay": 0,
                "autovacuum_analyze_scale_factor": 0.05,
            }
        },
    )

    queue_job_id: str = Field(
        default=None,
        sa_column=sa.Column(sa.Text, sa.Computed("job_type::text || '_' || id::text", persisted=True), nullable=False),
    )
    """Unique because it ends with the primary key and nobody can write it: no index of its own, which each state change
    would have to write as well."""
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="CASCADE", nullable=True)
    job_type: str = Field(sa_type=JOB_TYPE)
    status: str = Field(default="pending", sa_type=STATUS, sa_column_kwargs={"server_default": "pending"})
    scheduled_for: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    payload: dict[str, Any] = Field(
        default_factory=dict,
        sa_column=sa.Column("metadata", JSONB, nullable=False, server_default=sa.text("'{}'")),
    )
    result: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    max_attempts: int = Field(default=3, sa_column_kwargs={"server_default": sa.text("3")})
    priority: int = Field(default=10, sa_column_kwargs={"server_default": sa.text("10")})
    error_message: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    started_at: datetime | None = moment()
    processed_at: datetime | None = moment()
    completed_at: datetime | None = moment()

    order_key: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    due: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    dedup_key: str | None = Field(default=None, sa_type=sa.Text, nullable=True)
    lease_token: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    lease_expires_at: datetime | None = moment()
    worker_id: UUID | None = Field(default=None, nullable=True)
    cancel_requested: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    progress: dict[str, Any] = json_object()
    errors: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )


def _interval(default: str) -> Any:
    return Field(default=None, sa_type=sa.Interval, nullable=False, sa_column_kwargs={"server_default": default})


class QueueSettings(SQLModel, table=True):
    """What the SQL functions know of a job type; the rest is in its class."""

    __tablename__ = "queue_settings"

    job_type: str = Field(sa_type=sa.Text, primary_key=True)
    max_attempts: int = Field(default=3, sa_column_kwargs={"server_default": sa.text("3")})
    priority_step: timedelta = _interval("1 day")
    fair_quantum: timedelta = _interval("1 second")
    backoff_base: timedelta = _interval("1 minute")
    backoff_cap: timedelta = _interval("6 hours")
    max_running: int | None = None


class QueueWorker(SQLModel, table=True):
    """A worker process, for people to see; whether its jobs are safe is told by their leases, not by its beat."""

    __tablename__ = "queue_workers"
    __table_args__ = (sa.Index("idx_queue_workers_beat_at", "beat_at"),)

    worker_id: UUID = Field(primary_key=True)
    host: str = Field(sa_type=sa.Text)
    pid: int
    job_types: list[str] = Field(default_factory=list, sa_type=JSONB, nullable=False)
    started_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    beat_at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )
    max_priority: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    concurrency: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    running: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    stopped_at: datetime | None = moment()


class QueueCount(SQLModel, table=True):
    """How many runs of a job type ended in which way, and how long they took together, from `bucket` on: a minute while
    it is young, an hour later. Written by workers, three times a minute."""

    __tablename__ = "queue_counts"

    bucket: datetime = Field(sa_type=Timestamp, primary_key=True)
    job_type: str = Field(sa_type=sa.Text, primary_key=True)
    outcome: str = Field(sa_type=sa.Text, primary_key=True)
    runs: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    seconds: float = Field(default=0, sa_column_kwargs={"server_default": "0"})


class QueueSample(SQLModel, table=True):
    """What waited and ran at a moment, by type and status, and since when the oldest: taken each minute by a worker."""

    __tablename__ = "queue_samples"

    at: datetime = Field(sa_type=Timestamp, primary_key=True)
    job_type: str = Field(sa_type=sa.Text, primary_key=True)
    status: str = Field(sa_type=sa.Text, primary_key=True)
    count: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    oldest_at: datetime | None = moment()


class QueueRetry(SQLModel, table=True):
    """A failed or cancelled job that was added again, and as which; the row of a job that ended never changes."""

    __tablename__ = "queue_retries"

    job_id: UUID = Field(foreign_key="queue_jobs.id", ondelete="CASCADE", primary_key=True)
    new_job_id: UUID
    at: datetime = Field(
        default=None, sa_type=Timestamp, nullable=False, sa_column_kwargs={"server_default": sa.func.now()}
    )


class QueueTick(SQLModel, table=True):
    """When a periodic duty was last begun; see `begin_tick`."""

    __tablename__ = "queue_ticks"

    name: str = Field(sa_type=sa.Text, primary_key=True)
    tick: datetime = Field(sa_type=Timestamp, nullable=False)
