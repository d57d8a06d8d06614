"""What a month of use leaves behind: jobs that ended, calls of the language model, news that were read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from buildos_app.db.session import service_session
from buildos_app.models.base import new_id
from buildos_app.models.error_log import ErrorLog
from buildos_app.models.llm import LlmCall
from buildos_app.models.queue import JobStatus, QueueJob
from buildos_app.ports import OFFLINE
from buildos_app.queue.client import register_job_types

DAYS = 30
FAILED = "The model did not answer within 60 seconds. Retry it, or ask again later."

_COUNT = sa.text(
    "INSERT INTO queue_counts AS c (bucket, job_type, outcome, runs, seconds)"
    " SELECT date_trunc('hour', completed_at), job_type::text, status::text, count(*),"
    " sum(extract(epoch FROM completed_at - started_at))"
    " FROM queue_jobs WHERE user_id = :user_id AND status IN ('completed', 'failed') GROUP BY 1, 2, 3"
    " ON CONFLICT (bucket, job_type, outcome) DO UPDATE"
    " SET runs = c.runs + excluded.runs, seconds = c.seconds + excluded.seconds"
)


async def write_past(user_id: UUID, morning: datetime, projects: dict[str, UUID], dumps: dict[str, UUID]) -> None:
    """Write the month before `morning`, 9 o'clock of the person's today: what a worker would have left of it."""
    jobs = list(_jobs(morning, projects, dumps))
    async with service_session("furnish a demo account", user_id=user_id) as session:
        await register_job_types(session)
        session.add_all(QueueJob(user_id=user_id, **job) for job in jobs)
        await session.flush()
        await session.execute(_COUNT, {"user_id": user_id})
        session.add_all(_call(user_id, job) for job in jobs if job["status"] == JobStatus.COMPLETED)
        session.add_all(_error(user_id, job) for job in jobs if job["status"] == JobStatus.FAILED)


def _jobs(morning: datetime, projects: dict[str, UUID], dumps: dict[str, UUID]) -> Iterator[dict[str, Any]]:
    for ago in range(DAYS, 0, -1):
        at = morning - timedelta(days=ago, minutes=ago % 7)
        yield _job("generate_daily_brief", at, 3 + ago % 4, {"brief_date": f"{at:%Y-%m-%d}", "timezone": "UTC"})
        if ago % 9 == 4:
            name = list(projects)[ago % len(projects)]
            payload = {"project_id": str(projects[name]), "project_name": name}
            is_bad = ago == 4
            yield _job("generate_phases", at + timedelta(hours=2), 60 if is_bad else 9, payload, is_bad=is_bad)
    for hours, dump_id in enumerate(dumps.values(), 1):
        at = morning - timedelta(hours=20 - hours)
        yield _job("process_brain_dump", at, 8, {"brain_dump_id": str(dump_id)})


def _job(job_type: str, at: datetime, seconds: int, payload: dict[str, Any], *, is_bad: bool = False) -> dict[str, Any]:
    ended = at + timedelta(seconds=seconds)
    return {
        "id": new_id(),
        "job_type": job_type,
        "status": JobStatus.FAILED if is_bad else JobStatus.COMPLETED,
        "payload": payload,
        "scheduled_for": at,
        "created_at": at,
        "updated_at": ended,
        "started_at": at,
        "completed_at": ended,
        "processed_at": ended,
        "attempts": 3 if is_bad else 0,
        "error_message": FAILED if is_bad else None,
    }


def _call(user_id: UUID, job: dict[str, Any]) -> LlmCall:
    purposes = {"generate_daily_brief": "write_brief", "generate_phases": "organise_phases"}
    dump_id = job["payload"].get("brain_dump_id")
    return LlmCall(
        user_id=user_id,
        created_at=job["completed_at"],
        purpose=purposes.get(job["job_type"], "extract_tasks"),
        engine=OFFLINE,
        outcome="success",
        milliseconds=40,
        requests=1,
        job_id=job["id"],
        brain_dump_id=UUID(dump_id) if dump_id else None,
    )


def _error(user_id: UUID, job: dict[str, Any]) -> ErrorLog:
    return ErrorLog(
        error_type="ServiceUnavailable",
        message=FAILED,
        user_id=user_id,
        job_id=job["id"],
        job_type=job["job_type"],
        attempt=3,
        outcome=JobStatus.FAILED,
        at=job["completed_at"],
    )
