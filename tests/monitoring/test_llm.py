"""The language-model log: every call of a real adapter leaves its row, and a day has an end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.brain_dumps.prompts import ExtractTasks
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import NotPermitted, RequestRejected, ServiceUnavailable
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import OpenAIModel, open_openai
from buildos_app.models.llm import LlmCall, LlmDailyCalls, LlmUsage
from buildos_app.models.project import Project, Task
from buildos_app.monitoring.llm import for_person
from buildos_app.monitoring.upkeep import forget_llm_content
from buildos_app.monitoring.usage import check_model
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.ports import Usage
from buildos_app.settings import Settings, get_settings
from tests.fixtures.jobs import Perform
from tests.fixtures.processes import Sandbox

PROMPT = ExtractTasks(
    dump="The garden. Order timber by Friday. My password: hunter2hunter2, mira@example.org",
    project=None,
    projects=[],
    tasks=[],
    now=datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin")),
)


@pytest_asyncio.fixture
async def openai(sandbox: Sandbox) -> AsyncIterator[OpenAIModel]:
    async with open_openai(Settings(openai_base_url=sandbox.openai_url, openai_model="sandbox")) as model:
        yield model


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setattr(get_settings(), name, value)

    return change


async def calls_of(user_id: UUID) -> list[LlmCall]:
    async with user_session(user_id) as session:
        return list((await session.execute(sa.select(LlmCall).order_by(col(LlmCall.id)))).scalars())


async def test_a_call_leaves_its_figures_and_no_content(openai: OpenAIModel, user_id: UUID, set_to: Any) -> None:
    set_to(llm_price_input=2.0, llm_price_output=8.0)
    dump_id, job_id = uuid4(), uuid4()
    told: list[Usage] = []
    model = for_person(for_person(openai, user_id, job_id=job_id), user_id, brain_dump_id=dump_id)

    await model.ask(PROMPT, on_usage=told.append)

    (call,) = await calls_of(user_id)
    assert (call.purpose, call.engine, call.outcome, call.error) == ("extract_tasks", "sandbox", "success", "")
    assert (call.job_id, call.brain_dump_id, call.brief_id) == (job_id, dump_id, None)
    assert (call.requests, call.milliseconds > 0) == (1, True)
    assert told == [Usage(call.prompt_tokens, call.completion_tokens)]
    assert min(call.prompt_tokens, call.completion_tokens) > 10
    assert call.cost_micros == 2 * call.prompt_tokens + 8 * call.completion_tokens
    assert (call.request, call.reply) == (None, None)


async def test_contents_are_kept_redacted_and_as_long_as_the_setting_says(user_id: UUID, set_to: Any) -> None:
    set_to(llm_log_content_days=7)
    await for_person(OfflineEngine(), user_id).ask(PROMPT)
    await for_person(OfflineEngine(), user_id).ask(PROMPT)
    async with service_session("test") as session:
        first = (await calls_of(user_id))[0].id
        await session.execute(
            sa.update(LlmCall).where(col(LlmCall.id) == first).values(created_at=sa.func.now() - timedelta(8))
        )

    await forget_llm_content()

    old, new = await calls_of(user_id)
    assert (old.request, old.reply) == (None, None)
    assert "Order timber" in (new.request or "")
    assert "Order timber" in (new.reply or "")
    assert "hunter2" not in (new.request or "") + (new.reply or "")
    assert "mira@example.org" not in (new.request or "")


@pytest.mark.parametrize(
    ("turns", "error", "outcome", "requests"),
    [
        ([{"kind": "status", "status": 429}], ServiceUnavailable, "rate_limited", 0),
        ([{"kind": "status", "status": 500}], ServiceUnavailable, "failure", 0),
        ([{"kind": "status", "status": 401}], RequestRejected, "failure", 0),
        ([{"kind": "text", "text": "no"}, {"kind": "text", "text": "no"}], ServiceUnavailable, "invalid_response", 2),
        ([{"kind": "text", "text": "x" * 800, "cut": True}], ServiceUnavailable, "failure", 1),
    ],
)
async def test_a_failure_is_logged_with_its_kind(
    turns: list[dict[str, Any]],
    error: type[Exception],
    outcome: str,
    requests: int,
    openai: OpenAIModel,
    sandbox: Sandbox,
    user_id: UUID,
) -> None:
    sandbox.next(*turns)

    with pytest.raises(error):
        await for_person(openai, user_id).ask(PROMPT)

    (call,) = await calls_of(user_id)
    assert (call.outcome, call.requests) == (outcome, requests)
    assert call.error.startswith(error.__name__)


async def test_a_call_that_is_stopped_is_logged(openai: OpenAIModel, sandbox: Sandbox, user_id: UUID) -> None:
    sandbox.next({"kind": "hold"})
    asking = asyncio.create_task(for_person(openai, user_id).ask(PROMPT))
    await asyncio.to_thread(sandbox.calls, at_least=1)

    asking.cancel()
    await asyncio.wait([asking])

    assert asking.cancelled()
    assert [call.outcome for call in await calls_of(user_id)] == ["cancelled"]


async def test_a_server_that_counts_no_tokens_is_estimated(
    openai: OpenAIModel, sandbox: Sandbox, user_id: UUID
) -> None:
    sandbox.next({"kind": "status", "status": 400, "message": "Unknown parameter: stream_options"})

    await for_person(openai, user_id).ask(PROMPT)

    (call,) = await calls_of(user_id)
    assert (call.outcome, call.requests) == ("success", 1)
    assert min(call.prompt_tokens, call.completion_tokens) > 10


async def test_fifty_at_once_get_no_call_too_many(
    openai: OpenAIModel, sandbox: Sandbox, user_id: UUID, set_to: Any
) -> None:
    set_to(llm_daily_calls=7)

    answers = await asyncio.gather(
        *(for_person(openai, user_id).ask(PROMPT) for _ in range(50)), return_exceptions=True
    )

    assert sum(isinstance(answer, NotPermitted) for answer in answers) == 43
    assert len(sandbox.calls()) == 7
    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(col(LlmDailyCalls.calls)))).scalar_one() == 7


async def test_a_person_may_choose_a_lower_cap_and_no_higher_one(
    openai: OpenAIModel, user_id: UUID, other_user_id: UUID, set_to: Any
) -> None:
    set_to(llm_daily_calls=2)
    for person, cap in ((user_id, 1), (other_user_id, 99)):
        async with user_session(person) as session:
            await session.execute(sa.text("UPDATE users SET llm_daily_cap = :cap"), {"cap": cap})

    async def asked(person: UUID) -> int:
        asks = (for_person(openai, person).ask(PROMPT) for _ in range(4))
        return sum(
            not isinstance(answer, NotPermitted) for answer in await asyncio.gather(*asks, return_exceptions=True)
        )

    assert (await asked(user_id), await asked(other_user_id)) == (1, 2)


async def test_the_offline_engine_has_no_cap(user_id: UUID, set_to: Any) -> None:
    set_to(llm_daily_calls=0)

    await for_person(OfflineEngine(), user_id).ask(PROMPT)

    assert [(call.engine, call.cost_micros) for call in await calls_of(user_id)] == [("offline", 0)]


async def test_what_calls_add_up_to_is_counted_as_they_come(
    openai: OpenAIModel, sandbox: Sandbox, user_id: UUID
) -> None:
    model = for_person(openai, user_id)
    sandbox.next({"kind": "status", "status": 500})
    with pytest.raises(ServiceUnavailable):
        await model.ask(PROMPT)
    await asyncio.gather(*(model.ask(PROMPT) for _ in range(5)))

    calls = await calls_of(user_id)
    async with user_session(user_id) as session:
        usage = {row.outcome: row for row in (await session.execute(sa.select(LlmUsage))).scalars()}
    assert {outcome: row.calls for outcome, row in usage.items()} == {"success": 5, "failure": 1}
    for name in ("milliseconds", "prompt_tokens", "completion_tokens", "cost_micros"):
        assert sum(getattr(row, name) for row in usage.values()) == sum(getattr(call, name) for call in calls)


async def test_a_real_model_can_be_tested(openai: OpenAIModel, user_id: UUID) -> None:
    await check_model(for_person(openai, user_id))

    assert [(call.purpose, call.outcome) for call in await calls_of(user_id)] == [("say_ready", "success")]


async def test_a_job_and_its_calls_are_linked(perform: Perform, user_id: UUID) -> None:
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add(Task(user_id=user_id, project_id=project.id, title="Mow"))

    job = await perform(GeneratePhases(project_id=project.id))

    assert job.status == "completed"
    assert [(call.purpose, call.job_id) for call in await calls_of(user_id)] == [("organise_phases", job.id)]
