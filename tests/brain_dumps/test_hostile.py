"""Replies that are broken or made up by an attacker, and texts that give orders: no wrong row, no skipped review."""

import json
import os
import random
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from buildos_app.brain_dumps.drafts import Choices, submit_dump
from buildos_app.brain_dumps.merge import DumpToProcess, merge
from buildos_app.brain_dumps.operations import ProposedOperation, read_data
from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.prompts import ExtractedContext, ExtractedTasks, KnownNote, KnownProject, KnownTask
from buildos_app.brain_dumps.reading import Settled, read_dump, settle
from buildos_app.brain_dumps.steps import Failed, Proposed
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import ServiceUnavailable
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import OpenAIModel
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, OperationKind, OperationTable
from buildos_app.models.project import Note, Project, Task
from buildos_app.models.user import User
from buildos_app.ports import OnText, OnUsage, Ports, Prompt, Reply
from tests.brain_dumps.injections import INJECTIONS

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
TEXT = "Garden: order timber by Friday. The fence is 24 m long. Called the plumber."
GARDEN, PLUMBER, LARCH, STRANGER = uuid4(), uuid4(), uuid4(), uuid4()
MUTATIONS = int(os.environ.get("MUTATIONS", "800"))
"""How many in the usual run; `MUTATIONS=10000 pytest tests/brain_dumps/test_hostile.py` for all."""

MODEL = OpenAIModel(None, "x")  # type: ignore[arg-type]
REPLY = {
    "tasks": [
        {"title": "Order timber", "quote": "order timber", "when_words": "by Friday", "project_name": "Garden"},
        {"title": "Call the plumber", "quote": "Called the plumber", "status": "done", "task_id": str(PLUMBER)},
        {"title": "Steal", "quote": "Garden", "task_id": str(STRANGER), "user_id": str(STRANGER)},
    ],
    "notes": [
        {"title": "Fence", "content": "24 m", "quote": "The fence is 24 m long", "project_name": "Garden"},
        {
            "title": "Larch",
            "content": "24 m",
            "quote": "24 m",
            "note_id": str(LARCH),
            "new_title": "Larch wood",
        },
        {"title": "Theirs", "content": "mine", "quote": "Garden", "note_id": str(STRANGER)},
    ],
    "answers": [{"question_id": str(STRANGER), "answer": "yes"}],
    "questions": [{"question": "How high?", "category": "decision"}],
}
CONTEXT = {"title": "Garden", "projects": [{"name": "Garden", "quote": "Garden", "start_words": "Friday"}]}

words = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "\0",
            "\ud800",
            " ",
            "x" * 70_000,
            "31 February",
            "by 99/99",
            "3/12",
            "every day",
            "in 10 ** 9 years",
            "Garden",
            "The fence is 24 m long",
            str(STRANGER),
            str(PLUMBER),
            str(LARCH),
            "done",
            "high",
            "-1",
        ]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), words)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def a_dump(**more: Any) -> DumpToProcess:
    projects = [KnownProject(id=GARDEN, name="Garden")]
    tasks = [KnownTask(id=PLUMBER, title="Call the plumber", status="backlog")]
    notes = [KnownNote(id=LARCH, title="Larch")]
    dump = DumpToProcess(id=uuid4(), content=TEXT, project=None, projects=projects, tasks=tasks, notes=notes, now=NOW)
    return replace(dump, **more)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in below for place in places(child, (*path, key)))]


def mutated(reply: Any, chance: random.Random, value: Any) -> Any:
    """A deep copy with one place replaced, doubled, renamed or gone."""
    copy = json.loads(json.dumps(reply))
    path = chance.choice(places(copy))
    if not path:
        return value
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    match chance.randrange(4), parent:
        case 1, dict():
            parent[chance.choice(["title", "data", "id", "quote", "status"])] = parent.pop(path[-1])
        case 2, list():
            parent.extend([parent[path[-1]]] * 3)
        case 3, _:
            del parent[path[-1]]
        case _:
            parent[path[-1]] = value
    return copy


def reworded(reply: Any, chance: random.Random, words: str) -> Any:
    """A deep copy with other words in one place, which is what a model gets wrong most."""
    copy = json.loads(json.dumps(reply))
    texts = [path for path in places(copy) if path and isinstance(_at(copy, path), str)]
    *there, last = chance.choice(texts)
    _at(copy, tuple(there))[last] = words
    return copy


def received(reply: Any) -> Any:
    """A reply as the adapter reads it from the wire."""
    return MODEL._parse(json.dumps(reply))


def _at(node: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        node = node[key]
    return node


def check(dump: DumpToProcess, operations: list[ProposedOperation]) -> None:
    """What must hold of every operation, whatever a reply said."""
    for operation in operations:
        assert operation.operation in OperationKind
        own = {OperationTable.PROJECTS: GARDEN, OperationTable.TASKS: PLUMBER, OperationTable.NOTES: LARCH}
        assert operation.row_id in (None, own[operation.target])
        assert operation.data.get("project_id") in (None, str(GARDEN))
        assert "user_id" not in operation.data
        if operation.span:
            start, end = operation.span
            assert 0 <= start < end <= len(dump.content)
        if operation.error:
            assert not operation.enabled
        else:
            read_data(operation.target, operation.operation, operation.data)
            json.dumps(operation.data)
            assert "\0" not in json.dumps(operation.data)


@settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.lists(words, min_size=1, max_size=4), values)
def test_a_broken_reply_makes_no_broken_operation(chance: random.Random, texts: list[str], value: Any) -> None:
    """Replies that fit no class are not counted: the adapter asks again, then the model counts as unavailable."""
    replies = {"tasks": REPLY, "context": CONTEXT}
    for text in texts:
        half = chance.choice(list(replies))
        replies[half] = reworded(replies[half], chance, text)
    half = chance.choice(list(replies))
    replies[half] = mutated(replies[half], chance, value)
    try:
        extracted = ExtractedTasks.model_validate(received(replies["tasks"]))
        found = ExtractedContext.model_validate(received(replies["context"]))
    except ValueError:
        reject()
    dump = a_dump(project=chance.choice([None, KnownProject(id=GARDEN, name="Garden")]))

    check(dump, merge(dump, found, extracted))


@settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300), st.randoms(use_true_random=False))
def test_text_that_is_no_json_is_an_error_that_is_known(noise: str, chance: random.Random) -> None:
    text = json.dumps(REPLY)
    at = chance.randrange(len(text))
    broken = chance.choice([noise, text[:at], text[:at] + noise + text[at:], f"```json\n{text}\n```"])
    with suppress(ValueError):  # no other error
        ExtractedTasks.model_validate(MODEL._parse(broken))


async def test_mutated_replies_are_stored_or_refused(user_id: UUID) -> None:
    """The same against the database: every stored row fits its constraints, and applying never breaks."""
    chance = random.Random(6)
    odd: list[Any] = [None, -1, "\0", "x" * 300, [], {}, True, 1e300, "by Friday", str(STRANGER)]
    texts = ["\0", "x" * 300, "\ud800", "by Friday", str(STRANGER), "31 February"]
    for _ in range(MUTATIONS // 13):
        reply, context = (reworded(half, chance, chance.choice(texts)) for half in (REPLY, CONTEXT))
        if chance.random() < 0.5:
            reply = mutated(reply, chance, chance.choice(odd))
        try:
            extracted = ExtractedTasks.model_validate(received(reply))
            found = ExtractedContext.model_validate(received(context))
        except ValueError:
            continue
        llm = Says(extracted, found)
        async with user_session(user_id) as session:
            await session.execute(sa.update(BrainDump).values(submitted_at=None))
            dump_id = await submit_dump(session, user_id, TEXT, Choices(auto_accept=True))
        steps = [s async for s in read_dump(user_id, dump_id, Ports(llm=llm), lambda: user_session(user_id))]
        assert isinstance(steps[-1], Settled | Failed)


class Says:
    """A model that gives these replies, whatever it is asked."""

    name = "scripted"

    def __init__(self, tasks: ExtractedTasks, context: ExtractedContext) -> None:
        self.replies = {ExtractedTasks: tasks, ExtractedContext: context}

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        if prompt.reply_type not in self.replies:
            raise ServiceUnavailable("no reply")
        return self.replies[prompt.reply_type]  # type: ignore[index, return-value]


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
async def test_a_text_that_gives_orders_stays_a_text(text: str) -> None:
    last = [step async for step in process(a_dump(content=text), OfflineEngine())][-1]

    assert isinstance(last, Proposed)
    check(a_dump(content=text), last.proposal.operations)
    assert {operation.target for operation in last.proposal.operations} <= set(OperationTable)


async def test_a_model_that_obeys_the_attacker_reaches_nothing(user_id: UUID, other_user_id: UUID) -> None:
    """Even when the model does what the text says, only proposals on own rows come out, and they wait for review."""
    async with user_session(other_user_id) as session:
        victim = Project(user_id=other_user_id, name="Secret", slug="secret")
        session.add(victim)
        await session.flush()
        task = Task(user_id=other_user_id, project_id=victim.id, title="Untouched")
        session.add(task)
        note = Note(user_id=other_user_id, project_id=victim.id, title="Untouched too", content="secret")
        session.add(note)
        await session.flush()
        task_id, note_id, project_id = task.id, note.id, victim.id
    for text in INJECTIONS[:10]:
        obedient = ExtractedTasks.model_validate(
            {
                "tasks": [
                    {"title": "Pwned", "status": "done", "task_id": str(task_id), "quote": text[:40]},
                    {"title": "Hang it there", "project_name": "Secret", "quote": text[:40]},
                    {"title": "Pwned", "project_id": str(project_id), "user_id": str(other_user_id)},
                ],
                "notes": [{"title": "Pwned", "content": "pwned", "note_id": str(note_id), "quote": text[:40]}],
            }
        )
        async with user_session(user_id) as session:
            await session.execute(sa.update(BrainDump).values(submitted_at=None))
            dump_id = await submit_dump(session, user_id, text)
        ports = Ports(llm=Says(obedient, ExtractedContext()))
        steps = [step async for step in read_dump(user_id, dump_id, ports, lambda: user_session(user_id))]
        async with user_session(user_id) as session:
            dump = await session.get(BrainDump, dump_id)
            assert steps
            assert dump is not None
            assert dump.status == BrainDumpStatus.PARSED

    async with service_session("test") as session:
        titles = list((await session.execute(sa.select(Task.title))).scalars())
        owners = set((await session.execute(sa.select(Project.user_id))).scalars())
        people = (await session.execute(sa.select(sa.func.count()).select_from(User))).scalar_one()
        notes = [tuple(row) for row in await session.execute(sa.select(Note.title, Note.content))]
    assert (titles, owners, people) == (["Untouched"], {other_user_id}, 2)
    assert notes == [("Untouched too", "secret")]


async def test_a_stored_proposal_cannot_name_the_row_of_somebody_else(user_id: UUID) -> None:
    """The database refuses what slipped through: `settle` of an operation on a foreign project applies nothing."""
    data = {"title": "Pwned", "project_id": str(STRANGER)}
    proposal = [step async for step in process(a_dump(), OfflineEngine())][-1]
    assert isinstance(proposal, Proposed)
    foreign = ProposedOperation(target=OperationTable.TASKS, data=data, span=(0, 6))
    forged = replace(proposal, proposal=proposal.proposal.model_copy(update={"operations": [foreign]}))
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, TEXT, Choices(auto_accept=True))

    async with user_session(user_id) as session:
        settled = await settle(session, user_id, dump_id, forged)

    assert settled.applied is None
    assert "belongs to a project that is left out" in settled.why
