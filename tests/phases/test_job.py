"""The job that plans phases, with a model that does not always behave: nothing half saved, and the person is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import openai
import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.db.session import service_session, user_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import OpenAIModel
from buildos_app.models.notification import Notification
from buildos_app.models.phase import Phase, PhaseProposal
from buildos_app.models.queue import QueueJob
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.queries import get_open_proposal
from buildos_app.ports import Busy, Ports
from buildos_app.queue.client import add_job
from tests.fixtures.jobs import Perform
from tests.fixtures.processes import Sandbox


@pytest_asyncio.fixture
async def model(sandbox: Sandbox) -> AsyncIterator[OpenAIModel]:
    """A model that is given half a second to answer."""
    async with openai.AsyncOpenAI(api_key="none", base_url=sandbox.openai_url, timeout=0.5, max_retries=0) as client:
        yield OpenAIModel(client, "sandbox")


async def events(user_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    async with user_session(user_id) as session:
        rows = await session.execute(sa.select(col(Notification.event), col(Notification.payload)))
        return [(event, payload) for event, payload in rows]


async def test_a_plan_waits_and_is_told(user_id: UUID, project: UUID, perform: Perform, model: OpenAIModel) -> None:
    job = await perform(GeneratePhases(project_id=project, project_name="Garden"), llm=model)

    assert (job.status, job.result) == ("completed", {"phase_count": 2, "task_count": 5})
    assert job.progress["message"] == "Saving the plan"
    ((event, payload),) = await events(user_id)
    assert (event, payload["phase_count"], payload["task_count"]) == ("phases_completed", 2, 5)
    assert payload["summary"].startswith("5 tasks in 2 phases")
    async with user_session(user_id) as session:
        view = await get_open_proposal(session, user_id, project)
    assert view is not None
    assert (view.engine, view.changes) == ("sandbox", [])


ONE_TRY = "UPDATE queue_jobs SET attempts = max_attempts - 1 WHERE status = 'pending'"
FAULTS: dict[str, tuple[list[dict[str, Any]], str, int]] = {
    "time-out": ([{"kind": "hold"}], "took too long", 1),
    "busy": ([{"kind": "status", "status": 429, "headers": {"retry-after": "17"}}], "busy (429)", 1),
    "server error": ([{"kind": "status", "status": 500}], "has a problem (500)", 1),
    "cut stream": ([{"kind": "text", "text": '{"phases": [' * 50, "cut": True}], "cannot be reached", 1),
    "no JSON": ([{"kind": "text", "text": "I would rather not."}] * 2, "twice in a shape", 2),
    "no phases": ([{"kind": "text", "text": '{"phases": [], "assignments": [], "summary": ""}'}], "without phases", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("last", [False, True])
async def test_a_fault_changes_nothing(
    user_id: UUID,
    project: UUID,
    perform: Perform,
    model: OpenAIModel,
    sandbox: Sandbox,
    fault: str,
    last: bool,
) -> None:
    turns, words, calls = FAULTS[fault]
    sandbox.next(*turns)
    plan = GeneratePhases(project_id=project, project_name="Garden")
    if last:
        async with user_session(user_id) as session:
            await add_job(session, user_id, plan)
        async with service_session("test") as session:
            await session.execute(sa.text(ONE_TRY))

    job = await perform(plan, llm=model)

    assert job.status == ("failed" if last else "retrying")
    assert words in (job.error_message or "")
    assert len(sandbox.calls()) == calls
    told = await events(user_id)
    assert [event for event, _ in told] == (["phases_failed"] if last else [])
    async with user_session(user_id) as session:
        for table in (Phase, PhaseProposal):
            assert (await session.execute(sa.select(sa.func.count()).select_from(table))).scalar_one() == 0
    if fault == "busy" and not last:
        assert timedelta(seconds=10) < job.scheduled_for - datetime.now(UTC) < timedelta(seconds=18)


async def test_the_plan_before_survives_a_failure(
    user_id: UUID, project: UUID, perform: Perform, model: OpenAIModel, sandbox: Sandbox
) -> None:
    await perform(GeneratePhases(project_id=project), llm=model)
    sandbox.next({"kind": "status", "status": 400})

    job = await perform(GeneratePhases(project_id=project), llm=model)

    assert job.status == "failed"
    async with user_session(user_id) as session:
        assert await get_open_proposal(session, user_id, project) is not None


async def test_a_second_request_joins_the_first(user_id: UUID, project: UUID) -> None:
    async with user_session(user_id) as session:
        first = await add_job(session, user_id, GeneratePhases(project_id=project))
        again = await add_job(session, user_id, GeneratePhases(project_id=project, project_name="other words"))
        count = (await session.execute(sa.select(sa.func.count()).select_from(QueueJob))).scalar_one()

    assert (first, count) == (again, 1)


class FullMornings:
    """A calendar in which every morning is taken."""

    async def is_connected(self, user_id: UUID) -> bool:
        return True

    async def busy_times(self, user_id: UUID, start: datetime, end: datetime) -> list[Busy]:
        days = ((start + timedelta(days=number)).replace(hour=9, minute=0) for number in range((end - start).days + 1))
        return [Busy(day, day.replace(hour=12)) for day in days]


async def test_planning_around_a_calendar_needs_one(
    user_id: UUID, project: UUID, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime.now(UTC).date()
    options = PlanOptions(method="calendar_optimized", start=today, end=today + timedelta(days=30))
    job = await perform(GeneratePhases(project_id=project, options=options))
    assert (job.status, "No calendar is connected" in (job.error_message or "")) == ("failed", True)

    monkeypatch.setattr("tests.fixtures.jobs.Ports", lambda **_: Ports(llm=OfflineEngine(), free_busy=FullMornings()))
    job = await perform(GeneratePhases(project_id=project, options=options))

    assert job.status == "completed"
    async with user_session(user_id) as session:
        view = await get_open_proposal(session, user_id, project)
    assert view is not None
    starts = [item.suggested_start for item in view.stored.plan.assignments]
    assert len(starts) == 5
    assert all(start is not None and 12 <= start.hour < 17 for start in starts)
