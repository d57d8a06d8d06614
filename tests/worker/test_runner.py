"""What the runner makes of each way in which a job can end."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.clock import now
from buildos_app.db.session import service_session
from buildos_app.errors import InvalidInput, NotFound, RequestRejected, ServiceUnavailable
from buildos_app.models.project import Project
from buildos_app.notifications.events import PhasesFailed
from buildos_app.queue.job import Job, JobContext, Snooze
from tests.fixtures.jobs import Perform
from worker.janitor import reset_stalled_jobs

LATER = now().replace(microsecond=0) + timedelta(hours=3)
ERRORS = {
    "busy": ServiceUnavailable("The model is busy.", retry_after=90),
    "rejected": RequestRejected("The model refused."),
    "invalid": InvalidInput("The number is not valid."),
    "gone": NotFound("That project no longer exists."),
    "bug": ZeroDivisionError("secret detail"),
}


@pytest.fixture(autouse=True)
def only_in_this_test() -> Iterator[None]:
    """The class below is a job type of this file, and of no other test."""
    Job.types[Trial.job_type] = Trial
    yield
    del Job.types[Trial.job_type]


class Trial(Job):
    """Ends as it is told."""

    job_type: ClassVar[str] = "trial"
    timeout: ClassVar[float] = 0.3
    end: str

    def failure_event(self, reason: str) -> PhasesFailed:
        return PhasesFailed(project_id=UUID(int=0), reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        if self.end == "sleep":
            await asyncio.Event().wait()
        if self.end == "snooze":
            raise Snooze(LATER)
        if self.end == "complete":
            async with ctx.session() as session:
                session.add(Project(user_id=ctx.user_id, name="Made", slug="made"))
                await ctx.complete(session, {"made": 1})
            return None
        if self.end == "half":
            async with ctx.session() as session:
                session.add(Project(user_id=ctx.user_id, name="Half", slug="half"))
                await session.flush()
                raise ServiceUnavailable("Broken in the middle.")
        if self.end in ERRORS:
            raise ERRORS[self.end]
        return {"attempt": ctx.attempt}


del Job.types[Trial.job_type]


async def told() -> int:
    async with service_session("test") as session:
        return (await session.execute(sa.text("SELECT count(*) FROM notifications"))).scalar_one()


async def test_what_run_returns_is_the_result(perform: Perform) -> None:
    row = await perform(Trial(end="well"))

    assert (row.status, row.result, row.attempts) == ("completed", {"attempt": 1}, 0)


async def test_a_job_completes_with_its_rows(perform: Perform) -> None:
    row = await perform(Trial(end="complete"))

    assert (row.status, row.result) == ("completed", {"made": 1})
    async with service_session("test") as session:
        assert (await session.execute(sa.text("SELECT name FROM projects"))).scalars().all() == ["Made"]


async def test_a_run_that_breaks_leaves_nothing(perform: Perform) -> None:
    row = await perform(Trial(end="half"))

    assert row.status == "retrying"
    async with service_session("test") as session:
        assert (await session.execute(sa.text("SELECT count(*) FROM projects"))).scalar_one() == 0


async def test_not_now_costs_no_attempt(perform: Perform) -> None:
    row = await perform(Trial(end="snooze"))

    assert (row.status, row.attempts, row.scheduled_for) == ("pending", 0, LATER)


async def test_a_busy_service_says_when_to_come_back(perform: Perform) -> None:
    row = await perform(Trial(end="busy"))

    assert (row.status, row.attempts, row.error_message) == ("retrying", 1, "The model is busy.")
    assert (row.scheduled_for - row.updated_at).total_seconds() == 90
    assert await told() == 0


async def test_a_run_that_takes_too_long_is_stopped(perform: Perform) -> None:
    row = await perform(Trial(end="sleep"))

    assert (row.status, row.error_message) == ("retrying", "It took longer than 0 s and was stopped.")


async def test_what_a_stopping_worker_cannot_finish_is_handed_back(
    perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trial, "timeout", 60.0)

    row = await perform(Trial(end="sleep"), grace=0)

    assert (row.status, row.attempts, row.started_at, row.worker_id) == ("pending", 0, None, None)


@pytest.mark.parametrize("end", ["rejected", "invalid", "gone"])
async def test_what_will_not_get_better_is_not_tried_again(perform: Perform, end: str) -> None:
    row = await perform(Trial(end=end))

    assert (row.status, row.attempts, row.error_message) == ("failed", 1, str(ERRORS[end]))
    assert await told() == 1


async def test_a_bug_is_tried_again_and_tells_no_secret(perform: Perform) -> None:
    row = await perform(Trial(end="bug"))

    assert row.status == "retrying"
    assert "secret detail" not in (row.error_message or "")
    async with service_session("test") as session:
        logged = (await session.execute(sa.text("SELECT error_type, message FROM error_logs"))).one()
    assert logged.error_type == "ZeroDivisionError"
    assert "secret detail" not in logged.message


async def test_the_last_stall_is_told_and_logged(perform: Perform, user_id: UUID) -> None:
    await perform(Trial(end="snooze"))
    async with service_session("test") as session:
        await session.execute(
            sa.text(
                "UPDATE queue_jobs SET status = 'processing', attempts = 2, lease_expires_at = now() - interval '1 s'"
            )
        )

    await reset_stalled_jobs()

    assert await told() == 1
    async with service_session("test") as session:
        logged = (await session.execute(sa.text("SELECT error_type, user_id, outcome FROM error_logs"))).one()
    assert tuple(logged) == ("WorkerLost", user_id, "failed")
