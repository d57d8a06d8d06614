"""From a text to proposals: the pipeline with the offline engine, and with models that misbehave."""

import json
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildos_app.brain_dumps.coverage import coverage
from buildos_app.brain_dumps.merge import DumpToProcess, merge
from buildos_app.brain_dumps.operations import Proposal
from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.prompts import (
    ExtractContext,
    ExtractedContext,
    ExtractedTasks,
    ExtractTasks,
    KnownProject,
    KnownTask,
    ProposedTask,
)
from buildos_app.brain_dumps.steps import ArrivingNames, Failed, Proposed, Step
from buildos_app.errors import ServiceUnavailable
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.ports import OnText, Prompt, Reply
from tests.e2e import test_first_day

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))
TEXT = (Path(test_first_day.__file__).parent / "a_full_head.txt").read_text()
GARDEN = KnownProject(id=uuid4(), name="Garden")
MOST_SECONDS = 10.0
"""Of a processor, not of the clock: the machine of the tests does other things as well."""


def a_dump(content: str, project: KnownProject | None = None, tasks: list[KnownTask] | None = None) -> DumpToProcess:
    projects = [project] if project else []
    return DumpToProcess(id=uuid4(), content=content, project=project, projects=projects, tasks=tasks or [], now=NOW)


async def read(dump: DumpToProcess) -> Proposal:
    last = [step async for step in process(dump, OfflineEngine())][-1]
    assert isinstance(last, Proposed)
    return last.proposal


def titles(proposal: Proposal, target: str) -> list[str]:
    name = "name" if target == "projects" else "title"
    return [operation.data[name] for operation in proposal.operations if operation.target == target]


async def test_a_full_head() -> None:
    proposal = await read(a_dump(TEXT))

    assert titles(proposal, "projects") == ["Garden", "Work", "Mum's 70th birthday"]
    tasks = titles(proposal, "tasks")
    assert {
        "Order timber, 12 posts and about 40 boards",
        "Call the tree surgeon about the old pear tree",
        "Measure the slope behind the shed first",
        "Write the intro for the December issue",
        "Check the bounce report",
        "Book the restaurant",
        "Make a photo book",
        "Pay the electricity bill",
        "Dentist appointment",
    } <= set(tasks)
    assert not [title for title in tasks if "milk" in title or "water" in title]
    assert "Dad is allergic to nuts" in titles(proposal, "notes")


async def test_nothing_is_invented() -> None:
    """Every quote stands in the dump, and every word of a title too."""
    proposal = await read(a_dump(TEXT))
    words = set(TEXT.lower().replace("’", "'").split())
    plain = {word.strip(".,:;!?()") for word in words}

    for operation in proposal.operations:
        assert operation.span is not None
        start, end = operation.span
        assert TEXT[start:end].strip()
        title = operation.data.get("title") or operation.data["name"]
        assert {word.strip(".,:;!?()") for word in title.lower().split()} <= plain


async def test_dates_durations_and_priorities_are_resolved() -> None:
    text = (
        "Garden. Call Jonas tomorrow at 3, takes 20 minutes. Every Monday water the pots. Fix the gate asap by Friday."
    )
    proposal = await read(a_dump(text))
    call, water, fix = (operation.data for operation in proposal.operations if operation.target == "tasks")

    assert call["start_date"].startswith("2026-11-24T15:00:00+01:00")
    assert call["duration_minutes"] == 20
    assert water["recurrence_pattern"] == "weekly"
    assert fix["due_date"].startswith("2026-11-27T23:59:00+01:00")
    assert fix["priority"] == "high"


async def test_a_dump_for_a_project_proposes_no_other() -> None:
    task = KnownTask(id=uuid4(), title="Order the timber for the fence", status="backlog")
    text = "I ordered the timber for the fence already. Paint the shed next week. The fence is 24 m long."
    steps = [step async for step in process(a_dump(text, GARDEN, [task]), OfflineEngine())]
    last = steps[-1]

    assert isinstance(last, Proposed)
    assert {operation.operation for operation in last.proposal.operations if operation.target == "projects"} == {
        "update"
    }
    changed = [operation for operation in last.proposal.operations if operation.operation == "update"]
    assert [
        (operation.row_id, operation.data.get("status")) for operation in changed if operation.row_id == task.id
    ] == [(task.id, "done")]
    assert next(step.stage for step in steps if isinstance(step, Step) and step.status == "running") == "analysis"


@pytest.mark.parametrize("text", ["...", "hm", "I feel so behind with everything, ugh.", "\n\n\n"])
async def test_a_text_without_anything_proposes_nothing(text: str) -> None:
    proposal = await read(a_dump(text))

    assert proposal.operations == []
    assert proposal.summary == "Nothing in this text asks for a task, a note or a project."


async def test_the_largest_dump_is_read_in_seconds() -> None:
    text = (TEXT + "\n\n") * 40

    begun = time.process_time()
    proposal = await read(a_dump(text[:50_000]))

    assert len(proposal.operations) > 20
    assert time.process_time() - begun < MOST_SECONDS


@pytest.mark.parametrize("text", ["a " * 25_000, "call " * 10_000, "- x\n" * 12_000, "((((" * 12_000, "à́🙂" * 10_000])
async def test_a_hostile_text_takes_no_time(text: str) -> None:
    begun = time.process_time()
    await read(a_dump(text[:50_000]))

    assert time.process_time() - begun < MOST_SECONDS


def test_the_stretches_of_the_dump_make_up_the_dump() -> None:
    spans = [(0, 5), (3, 9), None, (20, 30)]
    segments = coverage(TEXT, spans)

    assert "".join(segment.text for segment in segments) == TEXT


class OneHalf(OfflineEngine):
    """Fails for one prompt."""

    def __init__(self, *broken: type[Prompt]) -> None:  # type: ignore[type-arg]
        self.broken = broken

    async def ask(self, prompt: Prompt[Reply], *, on_text: OnText | None = None) -> Reply:
        if not self.broken or isinstance(prompt, self.broken):
            raise ServiceUnavailable("The language model is busy (429).")
        return await super().ask(prompt, on_text=on_text)


async def test_one_half_may_fail_and_the_rest_is_kept() -> None:
    last = [step async for step in process(a_dump(TEXT), OneHalf(ExtractContext))][-1]

    assert isinstance(last, Proposed)
    assert last.proposal.warnings == ["A part could not be read: The language model is busy (429)."]
    assert len(titles(last.proposal, "tasks")) > 15


async def test_names_are_told_while_the_reply_is_still_being_written() -> None:
    steps = [step async for step in process(a_dump("Garden: order timber. Call Jonas."), OfflineEngine())]

    told = [step for step in steps if isinstance(step, Step) and step.stage == "tasks"]
    assert [(step.status, step.items) for step in told][-3:] == [
        ("running", ("Order timber",)),
        ("running", ("Order timber", "Call Jonas")),
        ("done", ()),
    ]
    assert told[-1].message == "2 tasks, 0 notes"
    assert all(0 <= step.seconds < MOST_SECONDS for step in told)


@given(st.lists(st.text(min_size=1, max_size=80), max_size=5), st.data())
def test_names_are_the_same_however_the_reply_is_cut(names: list[str], data: st.DataObject) -> None:
    text = json.dumps({"tasks": [{"title": name, "quote": "x"} for name in names]})
    arriving = ArrivingNames()
    while text:
        at = data.draw(st.integers(1, len(text)))
        arriving.add(text[:at])
        text = text[at:]

    assert (arriving.count, arriving.latest) == (len(names), tuple(names))


def test_half_of_an_emoji_is_told_as_what_can_be_sent() -> None:
    arriving = ArrivingNames()

    arriving.add(r'{"tasks": [{"title": "Cake \ud83c"')

    assert arriving.latest == ("Cake ?",)


async def test_when_both_fail_the_reason_is_said() -> None:
    last = [step async for step in process(a_dump(TEXT), OneHalf())][-1]

    assert last == Failed("The dump could not be read: The language model is busy (429).", is_down=True)


async def test_the_same_dump_is_read_the_same_way() -> None:
    dump = a_dump(TEXT)

    first, second = await read(dump), await read(replace(dump, id=uuid4()))

    assert [operation.data for operation in first.operations] == [operation.data for operation in second.operations]


async def test_a_skipped_half_and_a_failed_one_are_a_failure() -> None:
    """A status report skips the context; when the tasks fail too, nothing was read, and that is said."""
    task = KnownTask(id=uuid4(), title="Order the timber for the fence", status="backlog")
    dump = a_dump("I ordered the timber for the fence already.", GARDEN, [task])

    last = [step async for step in process(dump, OneHalf(ExtractTasks))][-1]

    assert isinstance(last, Failed)


def test_the_same_title_in_two_projects_is_no_double() -> None:
    kitchen = KnownProject(id=uuid4(), name="Kitchen")
    dump = replace(a_dump("Garden: clean up. Kitchen: clean up. clean up"), projects=[GARDEN, kitchen])
    tasks = [
        ProposedTask(title=title, quote="clean up", project_name=name)
        for title, name in (("Clean up", "Garden"), ("clean  up", "Garden"), ("Clean up", "Kitchen"))
    ]

    operations = merge(dump, ExtractedContext(), ExtractedTasks(tasks=tasks))

    assert [operation.data["project_id"] for operation in operations] == [str(GARDEN.id), str(kitchen.id)]
