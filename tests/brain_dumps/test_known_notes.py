"""What a dump says of notes that are there: words are added only where it says so, and can be taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import submit_dump
from buildos_app.brain_dumps.history import what_it_became
from buildos_app.brain_dumps.merge import DumpToProcess, merge
from buildos_app.brain_dumps.operations import ProposedOperation, validated
from buildos_app.brain_dumps.prompts import ExtractedContext, ExtractedTasks, ExtractTasks, KnownNote, ProposedNote
from buildos_app.brain_dumps.reading import Settled, read_dump, why_not_accepted
from buildos_app.brain_dumps.review import KNOWN_NOTES, list_operations, load_dump_to_process
from buildos_app.brain_dumps.undo import undo
from buildos_app.db.session import user_session
from buildos_app.errors import Conflict, InvalidInput
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.offline.note_orders import note_orders
from buildos_app.models.brain_dump import OperationKind, OperationTable
from buildos_app.models.project import Note, Project, Task
from buildos_app.ports import LanguageModel, Ports
from buildos_app.projects.notes import LONGEST_CONTENT

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
TEXT = "Add to the note about larch prices: 3.90 a metre from twelve metres. The gate is 90 cm wide."
KNOWN = KnownNote(id=uuid4(), title="Larch prices", content="4.20 a metre")


async def add_notes(user_id: UUID, *titles: str, content: str = "4.20 a metre") -> UUID:
    """Notes of one project; the id of the first one."""
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        notes = [Note(user_id=user_id, project_id=project.id, title=title, content=content) for title in titles]
        session.add_all(notes)
        await session.flush()
        return notes[0].id


async def read(user_id: UUID, text: str = TEXT, llm: LanguageModel | None = None) -> tuple[UUID, list[Any]]:
    """A dump that was read, and its operations on notes."""
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, text)
    ports = Ports(llm=llm or OfflineEngine())
    last = [step async for step in read_dump(user_id, dump_id, ports, lambda: user_session(user_id))][-1]
    assert isinstance(last, Settled)
    return dump_id, [item for item in last.proposed.proposal.operations if item.target == OperationTable.NOTES]


async def notes_of(user_id: UUID) -> dict[str, str]:
    async with user_session(user_id) as session:
        return {row.title: row.content for row in await session.execute(sa.select(Note.title, Note.content))}


async def test_words_are_added_to_a_note_and_a_new_thought_stays_a_new_note(user_id: UUID) -> None:
    note_id = await add_notes(user_id, "Larch prices", "Neighbours")
    dump_id, (added, new) = await read(user_id)

    async with user_session(user_id) as session:
        await apply(session, user_id, dump_id)

    assert (added.operation, added.row_id) == ("update", note_id)
    assert new.operation == "create"
    assert await notes_of(user_id) == {
        "Larch prices": "4.20 a metre\n\n3.90 a metre from twelve metres",
        "Neighbours": "4.20 a metre",
        "The gate is 90 cm wide": "The gate is 90 cm wide",
    }
    async with user_session(user_id) as session:
        stored = next(item for item in await list_operations(session, dump_id) if item.operation == "update")
        became = await what_it_became(session, dump_id)
        tasks = (await session.execute(sa.select(sa.func.count()).select_from(Task))).scalar_one()
    assert stored.quote == "Add to the note about larch prices: 3.90 a metre from twelve metres"
    assert (stored.target, tasks) == ("notes", 0)
    assert ("notes", note_id, "Larch prices") in [(item.table, item.id, item.name) for item in became]


async def test_what_was_added_is_taken_back_and_later_edits_stay(user_id: UUID) -> None:
    await add_notes(user_id, "Larch prices")
    dump_id, _ = await read(user_id, "Rename the note about larch prices to Timber. Add 3.90 to the larch prices note.")
    async with user_session(user_id) as session:
        await apply(session, user_id, dump_id)
    assert await notes_of(user_id) == {"Timber": "4.20 a metre\n\n3.90"}
    async with user_session(user_id) as session:
        assert list((await session.execute(sa.select(Project.name))).scalars()) == ["Garden"]
        await session.execute(sa.update(Note).values(content="Ask again"))

    async with user_session(user_id) as session:
        undone = await undo(session, user_id, dump_id)

    assert await notes_of(user_id) == {"Larch prices": "Ask again"}
    assert (undone.taken_back, undone.kept) == (1, ["Timber"])


async def test_a_note_is_never_emptied_by_an_undo(user_id: UUID) -> None:
    await add_notes(user_id, "Larch prices", content="")
    dump_id, _ = await read(user_id, "Add to the larch prices note: 3.90")
    async with user_session(user_id) as session:
        await apply(session, user_id, dump_id)
        await session.execute(sa.update(Note).values(title=""))

    async with user_session(user_id) as session:
        undone = await undo(session, user_id, dump_id)

    assert await notes_of(user_id) == {"": "3.90"}
    assert (undone.taken_back, undone.kept) == (0, ["A note"])


async def test_a_note_that_is_gone_or_full_is_named(user_id: UUID) -> None:
    await add_notes(user_id, "Larch prices", content="x" * LONGEST_CONTENT)
    dump_id, _ = await read(user_id)

    with pytest.raises(InvalidInput, match="makes its note too long"):
        async with user_session(user_id) as session:
            await apply(session, user_id, dump_id)
    async with user_session(user_id) as session:
        await session.execute(sa.delete(Note))
    with pytest.raises(Conflict, match=r"“Add to the note about larch prices.*” changes a note that is gone"):
        async with user_session(user_id) as session:
            await apply(session, user_id, dump_id)


async def test_a_misspelled_note_is_among_the_candidates_however_many_there_are(user_id: UUID) -> None:
    await add_notes(user_id, "Larch prices", *(f"Something else {number}" for number in range(3 * KNOWN_NOTES)))
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, "Add to my note on lartch pricing: 3.90 from twelve metres")
        dump = await load_dump_to_process(session, user_id, dump_id)

    assert (len(dump.notes), dump.notes[0].title) == (KNOWN_NOTES, "Larch prices")


async def test_notes_of_other_people_are_no_candidates(user_id: UUID, other_user_id: UUID) -> None:
    await add_notes(other_user_id, "Larch prices")

    _, notes = await read(user_id)

    assert [item.operation for item in notes] == ["create"]


@pytest.mark.parametrize(
    ("text", "addition"),
    [
        ("Please add to the note about larch prices: 3.90, delivered", "3.90, delivered"),
        ("Also put delivery is 40 euros into my note on larch prices.", "delivery is 40 euros"),
        ("For the note about larch prices: 3.90 from 12 m", "3.90 from 12 m"),
        ("Update the larch prices note: it is 3.90 now", "it is 3.90 now"),
        ("To the note about larch prices add 3.90 from 12 m", "3.90 from 12 m"),
        ("Add this to the note on larch prices - 3.90 from 12 m", "3.90 from 12 m"),
        ("Add to the note about lartch prices that it is 3.90 now", "it is 3.90 now"),
        ("Add 5 to the larch prices note", "5"),
        ("Add this to the note on larch prices: 5", "5"),
    ],
)
async def test_there_are_many_ways_to_say_it(text: str, addition: str) -> None:
    prompt = ExtractTasks(dump=text, project=None, projects=[], tasks=[], notes=[KNOWN], now=NOW)

    reply = await OfflineEngine().ask(prompt)

    assert [(note.note_id, note.content) for note in reply.notes] == [(KNOWN.id, addition)]
    assert (reply.tasks, reply.notes[0].quote in text) == ([], True)


@pytest.mark.parametrize(
    "text",
    [
        "Larch prices were 3.90 a metre from twelve metres.",
        "Note: larch prices go up in spring.",
        "Send a note about the larch prices to Jonas.",
        "Add the larch prices to the spreadsheet.",
        "Add to the note about the neighbours: they are away in March.",
    ],
)
async def test_only_an_order_changes_a_note(text: str) -> None:
    prompt = ExtractTasks(dump=text, project=None, projects=[], tasks=[], notes=[KNOWN], now=NOW)

    reply = await OfflineEngine().ask(prompt)

    assert [note.note_id for note in reply.notes if note.note_id] == []
    assert [*reply.tasks, *reply.notes]


async def test_an_order_for_a_note_takes_nothing_of_what_stands_before_it() -> None:
    text = "Put the kids to bed and add 3.90 to the larch prices note"
    prompt = ExtractTasks(dump=text, project=None, projects=[], tasks=[], notes=[KNOWN], now=NOW)

    reply = await OfflineEngine().ask(prompt)

    assert [task.title for task in reply.tasks] == ["Put the kids to bed"]
    assert [(note.note_id, note.content) for note in reply.notes] == [(KNOWN.id, "3.90")]
    assert [*note_orders(text)] == []


@pytest.mark.parametrize(("name", "waits"), [("larch prices", False), ("lartch prices", True), ("oak prices", True)])
async def test_a_note_that_is_called_otherwise_is_asked_about(name: str, waits: bool) -> None:
    text = f"Add to the note about {name}: 3.90 a metre"
    dump = DumpToProcess(id=uuid4(), content=text, project=None, projects=[], tasks=[], notes=[KNOWN], now=NOW)
    prompt = ExtractTasks(dump=text, project=None, projects=[], tasks=[], notes=[KNOWN], now=NOW)

    (operation,) = merge(dump, ExtractedContext(), await OfflineEngine().ask(prompt))

    assert (operation.row_id, operation.enabled) == (KNOWN.id, True)
    assert operation.reasoning == (f"Your text calls it “{name}”: is this the note?" if waits else "")
    assert bool(why_not_accepted([operation])) is waits


async def test_where_two_notes_fit_alike_neither_is_changed() -> None:
    notes = [KNOWN.model_copy(update={"id": uuid4()}), KNOWN]
    prompt = ExtractTasks(dump=TEXT, project=None, projects=[], tasks=[], notes=notes, now=NOW)

    reply = await OfflineEngine().ask(prompt)

    assert [note.note_id for note in reply.notes] == [None]


def test_only_a_note_that_was_offered_is_changed() -> None:
    dump = DumpToProcess(id=uuid4(), content=TEXT, project=None, projects=[], tasks=[], notes=[KNOWN], now=NOW)
    words = "3.90 a metre from twelve metres"
    replies = [
        ProposedNote(title="Larch prices", content=words, quote=words, note_id=KNOWN.id, new_title=" Larch prices"),
        ProposedNote(title="Theirs", content=words, quote=words, note_id=uuid4()),
        ProposedNote(title="Invented", content="5.00", quote="nobody said this", note_id=KNOWN.id),
    ]

    first, second = merge(dump, ExtractedContext(), ExtractedTasks(notes=replies))

    assert (first.row_id, first.data, first.enabled) == (KNOWN.id, {"content_addition": words}, True)
    assert first.span is not None
    assert TEXT[slice(*first.span)] == words
    assert (second.span, second.enabled, bool(second.reasoning)) == (None, False, True)


@pytest.mark.parametrize(
    ("data", "row_id", "error"),
    [
        ({"content_addition": " "}, KNOWN.id, "it changes nothing"),
        ({"title": "", "content_addition": "x"}, KNOWN.id, "title: it is empty"),
        ({"content_addition": "x"}, None, "it does not say which row it changes"),
        ({"content_addition": "x" * 50_001}, KNOWN.id, "content addition: it is too long, at most 50,000"),
        ({"content": "all new", "user_id": "x"}, KNOWN.id, "it changes nothing"),
    ],
)
def test_an_update_that_is_not_valid_is_kept_off_with_its_reason(
    data: dict[str, Any], row_id: UUID | None, error: str
) -> None:
    proposed = ProposedOperation(
        target=OperationTable.NOTES, operation=OperationKind.UPDATE, data=data, row_id=row_id, span=(0, 3)
    )

    operation = validated(proposed)

    assert (operation.enabled, operation.error) == (False, error)
