"""Projects and notes: making, editing, deleting, and what they said before."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.db.session import queue_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.phase import Phase
from buildos_app.models.project import Note, Project, ProjectStatus, Task
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.projects.activity import list_activity
from buildos_app.projects.changes import (
    count_contents,
    create_project,
    delete_project,
    edit_project,
    read_fields,
    restore_fields,
    set_project_status,
)
from buildos_app.projects.history import CAUSE, because
from buildos_app.projects.listing import count_by_status, page_of_projects, place_of
from buildos_app.projects.notes import (
    NoteFields,
    create_note,
    delete_note,
    edit_note,
    get_note,
    list_categories,
    list_notes,
    turn_into_task,
)
from buildos_app.projects.versions import compare, get_version_data, list_versions
from buildos_app.queue.client import add_job, register_job_types
from buildos_app.queue.queries import list_jobs


@pytest.fixture
async def garden(user_id: UUID) -> UUID:
    async with user_session(user_id) as session:
        return await create_project(session, user_id, read_fields({"name": "Garden", "tags": "home, home, green"}))


async def seen(user_id: UUID, model: Any, row_id: UUID) -> datetime:
    async with user_session(user_id) as session:
        return (await session.execute(sa.select(col(model.updated_at)).where(col(model.id) == row_id))).scalar_one()


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": " "}, "Give the project a name."),
        ({"name": "x" * 201}, "The name is too long: at most 200."),
        ({"name": "x", "start_date": "2026-12-02", "end_date": "2026-12-01"}, "The project ends before it starts."),
        ({"name": "x", "end_date": "soon"}, "The end date does not fit. Change it, then save again."),
        ({"name": "x", "user_id": str(uuid4())}, "The user id does not fit. Change it, then save again."),
        ({"name": "x", "status": "deleted"}, "The status does not fit. Change it, then save again."),
    ],
)
def test_what_does_not_fit_is_said(form: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message.replace(".", r"\.")):
        read_fields(form)


async def test_a_project_of_the_same_name_gets_another_slug(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        await create_project(session, user_id, read_fields({"name": "Garden"}))
        slugs = (await session.execute(sa.select(col(Project.slug)).order_by(col(Project.slug)))).scalars().all()
    assert slugs == ["garden", "garden-2"]


async def test_who_saves_over_a_newer_version_is_told(user_id: UUID, garden: UUID) -> None:
    before = await seen(user_id, Project, garden)
    async with user_session(user_id) as session:
        await edit_project(session, garden, read_fields({"name": "Garden and shed"}), seen=before)

    with pytest.raises(Conflict, match="changed meanwhile"):
        async with user_session(user_id) as session:
            await edit_project(session, garden, read_fields({"name": "Shed"}), seen=before)


async def test_versions_name_their_cause_and_can_be_restored(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        dump = BrainDump(user_id=user_id, content="Larch it is", title="Larch")
        session.add(dump)
        await session.flush()
        await because(session, f"{CAUSE}{dump.id}")
        project = await session.get(Project, garden)
        assert project is not None
        project.context = "Larch it is.\nTwelve metres."
    async with user_session(user_id) as session:
        await set_project_status(session, garden, ProjectStatus.PAUSED)
        await set_project_status(session, garden, ProjectStatus.PAUSED)

    async with user_session(user_id) as session:
        third, second, first = await list_versions(session, garden)
        await restore_fields(session, garden, await get_version_data(session, garden, 1))
        newest, *_ = await list_versions(session, garden)

    (change,) = third.differences
    assert (change.field, change.removed, change.added) == ("status", ["active"], ["paused"])
    assert (second.dump_id, second.dump_title) == (dump.id, "Larch")
    assert second.differences[0].added == ["Larch it is.", "Twelve metres."]
    assert (first.number, first.differences, first.dump_id) == (1, [], None)
    assert {item.field for item in newest.differences} == {"status", "context"}


async def test_a_long_history_keeps_its_first_version_and_the_newest(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        for number in range(60):
            await session.execute(sa.text("UPDATE projects SET name = :name"), {"name": f"Garden {number}"})
        versions = await list_versions(session, garden, limit=100)
    assert [version.number for version in versions] == [*range(61, 11, -1), 1]


def test_only_the_lines_that_changed_are_compared() -> None:
    (difference,) = compare({"context": "one\ntwo\nthree"}, {"context": "one\n2\nthree"})
    assert (difference.field, difference.removed, difference.added) == ("context", ["two"], ["2"])


async def test_deleting_names_what_it_takes_along_and_keeps_the_dump(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        dump = BrainDump(user_id=user_id, content="x", project_id=garden)
        session.add(dump)
        day = date(2026, 11, 23)
        session.add(Phase(user_id=user_id, project_id=garden, name="Dig", start_date=day, end_date=day, order=1))
        session.add_all(Task(user_id=user_id, project_id=garden, title=f"Task {number}") for number in range(3))
        session.add(Note(user_id=user_id, project_id=garden, title="Larch"))
    async with queue_session() as session:
        await register_job_types(session)
    async with user_session(user_id) as session:
        contents = await count_contents(session, garden)
        for project_id in (garden, user_id):
            await add_job(session, user_id, GeneratePhases(project_id=project_id))
        await delete_project(session, garden)
    async with user_session(user_id) as session:
        left = [
            (await session.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for table in (Project, Task, Note, Phase, BrainDump)
        ]
    assert (contents.name, contents.tasks, contents.notes, contents.phases) == ("Garden", 3, 1, 1)
    assert left == [0, 0, 0, 0, 1]
    async with user_session(user_id) as session:
        jobs = {job.status: job.error_message for job in await list_jobs(session)}
    assert jobs == {"cancelled": "Its project was deleted.", "pending": None}


async def test_nobody_touches_what_is_not_theirs(user_id: UUID, other_user_id: UUID, garden: UUID) -> None:
    async with user_session(other_user_id) as session:
        fields, day = read_fields({"name": "Mine now"}), datetime(2026, 1, 1, tzinfo=UTC)
        for attempt in (
            lambda: edit_project(session, garden, fields, seen=day),
            lambda: set_project_status(session, garden, ProjectStatus.ARCHIVED),
            lambda: delete_project(session, garden),
            lambda: count_contents(session, garden),
            lambda: create_note(session, other_user_id, NoteFields("x", "", project_id=garden)),
        ):
            with pytest.raises(NotFound):
                await attempt()
        assert await list_versions(session, garden) == []
        assert await list_activity(session, garden, limit=10) == []


@pytest.mark.parametrize(("sort", "expected"), [("name", "abc"), ("end", "bca"), ("updated", "cba")])
async def test_the_list_pages_in_every_order(user_id: UUID, sort: str, expected: str) -> None:
    ends = {"a": "", "b": "2026-12-01", "c": "2026-12-24"}
    for name, end in ends.items():
        async with user_session(user_id) as session:
            await create_project(session, user_id, read_fields({"name": name, "end_date": end}))
    shown, after = "", None
    async with user_session(user_id) as session:
        while page := await page_of_projects(session, status="open", words="", sort=sort, limit=1, after=after):
            shown, after = shown + page[0].name, place_of(page[0], sort)
    assert shown == expected


async def test_the_list_is_filtered_and_counted(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        await create_project(session, user_id, read_fields({"name": "100% wool"}))
        await set_project_status(session, garden, ProjectStatus.ARCHIVED)

        async def names(status: str, words: str = "") -> list[str]:
            page = await page_of_projects(session, status=status, words=words, sort="name", limit=9)
            return [project.name for project in page]

        assert await names("open") == ["100% wool"]
        assert await names("all") == ["100% wool", "Garden"]
        assert await names("archived") == ["Garden"]
        assert await names("all", "0%") == ["100% wool"]
        assert await names("all", "%%") == []
        assert await count_by_status(session) == {"active": 1, "archived": 1}
        with pytest.raises(InvalidInput):
            await names("deleted")


async def test_activity_is_told_page_by_page(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        session.add(Task(user_id=user_id, project_id=garden, title="Order timber", status="done"))
        session.add(Note(user_id=user_id, project_id=garden, content="Larch is best"))
        await set_project_status(session, garden, ProjectStatus.PAUSED)
    found, before = [], None
    async with user_session(user_id) as session:
        while page := await list_activity(session, garden, limit=2, before=before):
            found += page
            before = (page[-1].at, page[-1].id)
    kinds = ["note_made", "project_changed", "project_made", "task_done", "task_made"]
    assert sorted(item.kind for item in found) == kinds
    assert [item.at for item in found] == sorted((item.at for item in found), reverse=True)


async def test_a_note_is_written_changed_and_deleted(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        note_id = await create_note(session, user_id, NoteFields("Prices", "Larch: 4.20", "timber", garden))
        await create_note(session, user_id, NoteFields("", "Milk"))
    before = await seen(user_id, Note, note_id)
    async with user_session(user_id) as session:
        await edit_note(session, note_id, NoteFields("Prices", "Larch: 4.50", "timber", garden), seen=before)
    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await edit_note(session, note_id, NoteFields("Prices", "Larch: 4.60"), seen=before)
    async with user_session(user_id) as session:
        note = await get_note(session, note_id)
        assert (note.content, note.project_name) == ("Larch: 4.50", "Garden")
        assert await list_categories(session) == {"timber": 1}
        assert [item.content for item in await list_notes(session, limit=5)] == ["Milk", "Larch: 4.50"]
        assert [item.id for item in await list_notes(session, category="timber", words="LARCH", limit=5)] == [note_id]
        assert await list_notes(session, limit=5, before=note_id) == []
        assert (await delete_note(session, note_id)).title == "Prices"
        with pytest.raises(NotFound):
            await get_note(session, note_id)


async def test_a_note_becomes_a_task(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        note_id = await create_note(session, user_id, NoteFields("", "## Ask for *larch*\n\nTwelve metres", "", garden))
        task = await turn_into_task(session, user_id, note_id)
        assert (task.title, task.project_id) == ("Ask for *larch*", garden)
        assert "Twelve metres" in task.details
        assert await list_notes(session, limit=5) == []


@pytest.mark.parametrize("fields", [("", " "), ("x" * 256, ""), ("x", "y" * 50_001)])
def test_a_note_says_something_and_not_too_much(fields: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        NoteFields(*fields)
