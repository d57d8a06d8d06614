"""From a proposal to review or to rows: auto-accept, the job, questions, limits, what becomes of an unused sentence."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from buildos_app.brain_dumps import pipeline
from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import Choices, find_dump, submit_dump
from buildos_app.brain_dumps.gaps import propose_task
from buildos_app.brain_dumps.history import Search, count_by_day, search_dumps, what_it_became
from buildos_app.brain_dumps.jobs import ProcessBrainDump
from buildos_app.brain_dumps.limits import TooManyDumps, seconds_to_wait
from buildos_app.brain_dumps.merge import merge
from buildos_app.brain_dumps.operations import ProposedOperation
from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.prompts import ExtractedContext, ExtractedTasks, KnownTask, ProposedTask
from buildos_app.brain_dumps.questions import pick_questions
from buildos_app.brain_dumps.reading import MOST_ACCEPTED, Settled, read_dump, why_not_accepted
from buildos_app.brain_dumps.review import list_operations
from buildos_app.brain_dumps.steps import Failed, Proposed, Step
from buildos_app.db.session import user_session
from buildos_app.errors import InvalidInput, RequestRejected, ServiceUnavailable
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, Operation, OperationTable, Question
from buildos_app.models.project import Project, Task
from buildos_app.ports import OnText, OnUsage, Ports, Prompt, Reply
from tests.brain_dumps.test_reading import a_dump
from tests.fixtures.jobs import Perform

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
TEXT = "Garden: order timber by Friday. Call the plumber tomorrow at 3pm. What a strange smell in there."


async def read(user_id: UUID, text: str = TEXT, choices: Choices | None = None) -> tuple[UUID, Settled]:
    async with user_session(user_id) as session:
        await session.execute(sa.update(BrainDump).values(submitted_at=None))
        dump_id = await submit_dump(session, user_id, text, choices or Choices())
    ports = Ports(llm=OfflineEngine())
    last = [step async for step in read_dump(user_id, dump_id, ports, lambda: user_session(user_id))][-1]
    assert isinstance(last, Settled)
    return dump_id, last


async def status(user_id: UUID, dump_id: UUID) -> str:
    async with user_session(user_id) as session:
        return (await find_dump(session, dump_id)).status


def operation(**more: Any) -> ProposedOperation:
    return ProposedOperation(target=OperationTable.TASKS, data={"title": "x"}, span=(0, 1), **more)


async def test_auto_accept_applies_what_is_safe(user_id: UUID) -> None:
    dump_id, settled = await read(user_id, choices=Choices(auto_accept=True))

    assert settled.applied is not None
    assert settled.applied.counts["tasks"] == 2
    assert await status(user_id, dump_id) == BrainDumpStatus.SAVED


async def test_auto_accept_falls_back_to_review_and_says_why(user_id: UUID) -> None:
    many = "\n".join(f"- buy {number} screws of size {number}" for number in range(1, 30))

    dump_id, settled = await read(user_id, many, Choices(auto_accept=True))

    assert settled.applied is None
    assert settled.why.startswith("More than 20 proposals")
    assert await status(user_id, dump_id) == BrainDumpStatus.PARSED


async def test_what_must_be_asked_is_not_accepted(user_id: UUID) -> None:
    dump_id, settled = await read(user_id, "Pay the rent by 3/12", Choices(auto_accept=True))

    assert settled.why == "A proposal needs your answer first."
    async with user_session(user_id) as session:
        task = next(item for item in await list_operations(session, dump_id) if item.target == "tasks")
    assert task.reasoning == "“by 3/12” can be 3 December or 12 March: which one?"
    assert "due_date" not in task.data


@pytest.mark.parametrize(
    ("operations", "words"),
    [
        ([], "nothing to apply"),
        ([operation()] * (MOST_ACCEPTED + 1), "More than 20"),
        ([operation(error="it is empty", enabled=False)], "correction"),
        ([operation(enabled=False)], "answer"),
        ([operation(reasoning="inferred")], "answer"),
        ([operation()] * MOST_ACCEPTED, ""),
    ],
)
def test_when_a_proposal_must_be_looked_at(operations: list[ProposedOperation], words: str) -> None:
    why = why_not_accepted(operations)

    assert words in why
    assert bool(why) == bool(words)


async def test_the_job_ends_ready_for_review(user_id: UUID, perform: Perform) -> None:
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, TEXT)

    first = await perform(ProcessBrainDump(brain_dump_id=dump_id))
    again = await perform(ProcessBrainDump(brain_dump_id=dump_id))

    assert (first.status, first.result) == ("completed", {"operation_count": 3, "applied": False})
    assert (again.status, again.result) == ("completed", {"status": "parsed"})
    async with user_session(user_id) as session:
        assert len(await list_operations(session, dump_id)) == 3


class Broken:
    """A model that fails with this error, always."""

    name = "broken"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        raise self.error


async def test_the_offline_engine_takes_over_when_the_model_is_down() -> None:
    down = ServiceUnavailable("The language model cannot be reached.", retry_after=0.001)

    *steps, last = [step async for step in process(a_dump(TEXT), Broken(down), OfflineEngine())]

    tries = [step.attempt for step in steps if isinstance(step, Step) and step.stage == "tasks"]
    assert tries[:4] == [1, 2, 3, 1]
    assert isinstance(last, Proposed)
    assert last.engine == "offline"
    assert "did not answer" in last.proposal.warnings[0]


async def test_a_model_that_never_answers_is_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(OfflineEngine):
        stopped = 0

        async def ask(
            self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
        ) -> Reply:
            try:
                await asyncio.Event().wait()
            finally:
                Silent.stopped += 1
            raise AssertionError

    monkeypatch.setattr(pipeline, "BUDGET_SECONDS", 0.05)

    alone = [step async for step in process(a_dump(TEXT), Silent())][-1]
    helped = [step async for step in process(a_dump(TEXT), Silent(), OfflineEngine())][-1]

    assert alone == Failed("The dump could not be read: the model took too long.", is_down=True)
    assert isinstance(helped, Proposed)
    assert Silent.stopped == 4


async def test_a_refusal_is_told_and_not_papered_over() -> None:
    last = [s async for s in process(a_dump(TEXT), Broken(RequestRejected("Refused.")), OfflineEngine())][-1]

    assert last == Failed("The dump could not be read: Refused.")


async def test_a_known_task_is_recognised_among_thousands(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="House", slug="house")
        session.add(project)
        await session.flush()
        fields = {"user_id": user_id, "project_id": project.id}
        plumber = Task(**fields, title="Call the plumber")
        session.add(plumber)
        await session.flush()
        session.add_all(Task(**fields, title=f"Sort box {number}") for number in range(300))
        task_id = plumber.id

    dump_id, _ = await read(user_id, "Call the plumber tomorrow at 3pm. Also call the plumber!")
    async with user_session(user_id) as session:
        operations = await list_operations(session, dump_id)
        await apply(session, user_id, dump_id)
        task = await session.get(Task, task_id)

    assert [(item.operation, item.row_id) for item in operations] == [("update", task_id)]
    assert task is not None
    assert task.start_has_time


def test_what_is_said_twice_is_one_task() -> None:
    said = [
        ProposedTask(title="Call the plumber", quote="Call the plumber"),
        ProposedTask(title="call the plumber!", quote="Call the plumber", when_words="on Friday", priority="high"),
        ProposedTask(title="Call the plumber", quote="Call the plumber", when_words="on Monday"),
    ]

    found = merge(a_dump("Call the plumber"), ExtractedContext(title="House"), ExtractedTasks(tasks=said))

    tasks = [item.data for item in found if item.target == OperationTable.TASKS]
    assert [(task["priority"], str(task["start_date"])[:10]) for task in tasks if "priority" in task] == [
        ("high", "2026-11-27")
    ]
    assert len(tasks) == 2  # another day is another call


async def test_a_question_is_asked_again_and_closed_by_its_answer(user_id: UUID) -> None:
    await read(user_id, "Garden: order timber. Should the fence be oak or pine?")
    async with user_session(user_id) as session:
        asked = await pick_questions(session)

    dump_id, _ = await read(user_id, "The fence should be oak, not pine. Buy screws.")

    assert [item.question for item in asked] == ["Should the fence be oak or pine?"]
    async with user_session(user_id) as session:
        assert await pick_questions(session) == []
        question = (await session.execute(sa.select(Question))).scalar_one()
    assert (question.status, question.answer_brain_dump_id) == ("answered", dump_id)


async def test_a_sentence_that_led_to_nothing_becomes_a_task(user_id: UUID) -> None:
    dump_id, _ = await read(user_id)
    start = TEXT.index("What a strange")

    async with user_session(user_id) as session:
        row_id = await propose_task(session, user_id, dump_id, start, NOW)
        row = await session.get(Operation, row_id)
        assert row is not None
        assert (row.quote, row.enabled, row.error) == ("What a strange smell in there.", True, "")
    with pytest.raises(InvalidInput):
        async with user_session(user_id) as session:
            await propose_task(session, user_id, dump_id, start, NOW)


async def test_too_many_dumps_are_slowed_down(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        for number in range(10):
            await submit_dump(session, user_id, f"dump {number}")

    with pytest.raises(TooManyDumps) as refused:
        async with user_session(user_id) as session:
            await submit_dump(session, user_id, "one more")

    assert 1 <= refused.value.seconds <= 61


def test_how_long_to_wait() -> None:
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    ago: Callable[[float], datetime] = lambda seconds: moment - timedelta(seconds=seconds)  # noqa: E731

    assert seconds_to_wait([ago(1)] * 9, moment) == 0
    assert seconds_to_wait([ago(1)] * 9 + [ago(50)], moment) == 11
    assert seconds_to_wait([ago(70)] * 19 + [ago(290)], moment) == 11
    assert seconds_to_wait([ago(70)] * 19 + [ago(301)], moment) == 0


async def test_history_finds_by_words_and_by_day(user_id: UUID) -> None:
    dump_id, _ = await read(user_id, choices=Choices(auto_accept=True))
    zone = ZoneInfo("Europe/Berlin")
    async with user_session(user_id) as session:
        today = next(iter(await count_by_day(session, zone)))
        found = await search_dumps(session, zone, Search(words="plumber TIMBER", day=today))
        nothing = await search_dumps(session, zone, Search(words="100% plumber"))
        later = await search_dumps(session, zone, Search(day=today + timedelta(days=1)))
        became = await what_it_became(session, dump_id)

    assert ([item.id for item in found], nothing, later) == ([dump_id], [], [])
    assert [(item.table, item.name) for item in became] == [
        ("projects", "Garden"),
        ("tasks", "Order timber"),
        ("tasks", "Call the plumber"),
    ]


async def test_the_slower_branch_counts_and_not_the_sum() -> None:
    """What our own pipeline adds stays below 150 ms, on top of a model whose calls take 0.3 s each."""

    class Slow(OfflineEngine):
        async def ask(
            self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
        ) -> Reply:
            await asyncio.sleep(0.3)
            return await super().ask(prompt, on_text=on_text)

    begun = asyncio.get_running_loop().time()
    last = [step async for step in process(a_dump(TEXT), Slow())][-1]

    assert isinstance(last, Proposed)
    assert asyncio.get_running_loop().time() - begun < 0.58


def test_tasks_of_other_people_are_not_named(user_id: UUID) -> None:
    stranger = ProposedTask(title="x", quote="x", task_id=uuid4())
    known = [KnownTask(id=uuid4(), title="x", status="backlog")]

    assert merge(a_dump("x", tasks=known), ExtractedContext(), ExtractedTasks(tasks=[stranger])) == []
