"""Projects, notes and search as tabs see them: saved, narrowed, live, and never over what somebody types."""

from typing import Any
from uuid import UUID

import pytest

from buildos_app.db.session import user_session
from buildos_app.models.project import Note, Project, Task
from buildos_app.projects.changes import create_project, read_fields
from buildos_app.ui.inbox import Inbox, _shows
from buildos_app.ui.pages.notes.state import NotesState
from buildos_app.ui.pages.project.activity_state import ActivityState
from buildos_app.ui.pages.project.edit_state import ProjectEditState
from buildos_app.ui.pages.project.state import ProjectState
from buildos_app.ui.pages.projects.state import ProjectsState
from buildos_app.ui.pages.search.state import SearchPageState
from buildos_app.ui.search import SearchState


@pytest.fixture
async def garden(user_id: UUID) -> UUID:
    async with user_session(user_id) as session:
        project_id = await create_project(session, user_id, read_fields({"name": "Garden", "end_date": "2099-12-31"}))
        session.add(Task(user_id=user_id, project_id=project_id, title="Order timber"))
        session.add(Note(user_id=user_id, project_id=project_id, title="Prices", content="Larch", category="timber"))
    return project_id


@pytest.mark.parametrize(
    ("path", "address", "shown"),
    [
        ("/projects/1/notes", "/projects/*/notes", True),
        ("/projects/1/notes", "/projects/", True),
        ("/projects/1", "/projects/*/notes", False),
        ("/projects/1/notes", "/projects", False),
        ("/", "/", True),
        ("/notes", "/", False),
    ],
)
def test_which_pages_read_again(path: str, address: str, shown: bool) -> None:
    assert _shows(path, address) is shown


async def test_a_project_is_made_edited_and_deleted(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/projects")
    await tab.send(ProjectEditState.new)
    await tab.send(ProjectEditState.save, {"form": {"name": " "}})
    assert tab.show(ProjectEditState, "error") == "Give the project a name."
    await tab.send(ProjectEditState.save, {"form": {"name": "Shed", "tags": "wood, roof"}})
    (tab.path,) = tab.redirects

    await tab.send(ProjectEditState.edit)
    assert tab.show(ProjectEditState, "form").tags == "wood, roof"
    await tab.send(ProjectEditState.save, {"form": {"name": "Garden shed", "end_date": "2099-01-02"}})
    assert tab.show(ProjectState, "name") == "Garden shed"
    await tab.send(ProjectEditState.set_status, {"status": "paused"})
    assert tab.show(ProjectState, "status").text == "paused"

    await tab.send(ProjectEditState.ask_delete)
    assert tab.show(ProjectEditState, "contents") == "It holds no tasks, notes or phases."
    await tab.send(ProjectEditState.delete, {"form": {}})
    assert tab.redirects[-1] == "/projects"
    async with user_session(user_id) as session:
        assert await session.get(Project, UUID(tab.path.rpartition("/")[2])) is None


async def test_a_deletion_needs_its_question(open_tab: Any, user_id: UUID, garden: UUID) -> None:
    tab = await open_tab(user_id, f"/projects/{garden}")
    await tab.send(ProjectEditState.delete, {"form": {}})
    async with user_session(user_id) as session:
        assert await session.get(Project, garden) is not None
    await tab.send(ProjectEditState.ask_delete)
    assert tab.show(ProjectEditState, "contents") == "With it go 1 task and 1 note."


async def test_a_newer_version_is_offered_and_not_overwritten(open_tab: Any, user_id: UUID, garden: UUID) -> None:
    here, there = [await open_tab(user_id, f"/projects/{garden}") for _ in range(2)]
    for tab in (here, there):
        await tab.send(Inbox.sync)  # a page that opens closes its editor
        await tab.send(ProjectEditState.edit)
    await there.send(ProjectEditState.save, {"form": {"name": "Garden, south"}})

    await here.send(Inbox.sync)  # what the announcement sets off
    assert here.show(ProjectEditState, "has_newer") is True
    assert here.show(ProjectEditState, "form").name == "Garden"
    await here.send(ProjectEditState.save, {"form": {"name": "Garden, north"}})

    assert "changed meanwhile" in here.show(ProjectEditState, "error")
    await here.send(ProjectEditState.edit)
    assert here.show(ProjectEditState, "form").name == "Garden, south"


async def test_the_list_is_narrowed_ordered_and_searched(open_tab: Any, user_id: UUID, garden: UUID) -> None:
    tab = await open_tab(user_id, "/projects")
    await tab.send(ProjectsState.load)
    (row,) = tab.show(ProjectsState, "projects")
    assert (row.name, row.count) == ("Garden", "0 of 1 done")
    assert tab.show(ProjectsState, "counts")["all"] == 1
    await tab.send(ProjectsState.narrow, {"status": "archived"})
    assert tab.show(ProjectsState, "projects") == []
    await tab.send(ProjectsState.narrow, {"status": "no such thing"})
    await tab.send(ProjectsState.order, {"sort": "name; DROP TABLE projects"})
    await tab.send(ProjectsState.find, {"words": "gard"})
    assert [row.name for row in tab.show(ProjectsState, "projects")] == ["Garden"]


async def test_notes_in_a_project_and_among_all(open_tab: Any, user_id: UUID, garden: UUID) -> None:
    tab = await open_tab(user_id, f"/projects/{garden}/notes")
    await tab.send(NotesState.load)
    await tab.send(NotesState.new)
    await tab.send(NotesState.save, {"form": {"title": "", "content": " "}})
    assert tab.show(NotesState, "error") == "Write a title or a text first."
    form = {"title": "Shop", "content": "Opens at 8", "project_id": str(garden), "category": "timber"}
    await tab.send(NotesState.save, {"form": form})
    assert [note.title for note in tab.show(NotesState, "notes")] == ["Shop", "Prices"]
    assert [item.label for item in tab.show(NotesState, "categories")] == ["timber 2"]

    everything = await open_tab(user_id, "/notes")
    await everything.send(NotesState.load)
    await everything.send(NotesState.find, {"words": "opens"})
    (note,) = everything.show(NotesState, "notes")
    assert (note.title, note.project) == ("Shop", "Garden")
    await everything.send(NotesState.open, {"note_id": note.id})
    await everything.send(NotesState.remove)
    assert everything.show(NotesState, "deleted") == "Shop"
    await everything.send(NotesState.undo)
    assert [note.title for note in everything.show(NotesState, "notes")] == ["Shop"]
    await everything.send(NotesState.open, {"note_id": everything.show(NotesState, "notes")[0].id})
    await everything.send(NotesState.to_task)
    assert everything.show(Inbox, "answer")["text"] == "“Shop” is a task now"


async def test_a_note_that_changed_elsewhere(open_tab: Any, user_id: UUID, garden: UUID) -> None:
    here, there = [await open_tab(user_id, "/notes") for _ in range(2)]
    for tab in (here, there):
        await tab.send(NotesState.load)
        await tab.send(NotesState.open, {"note_id": tab.show(NotesState, "notes")[0].id})
    await there.send(NotesState.save, {"form": {"title": "Prices", "content": "Larch 4.50"}})
    await here.send(Inbox.sync)
    assert here.show(NotesState, "has_newer") is True
    await here.send(NotesState.save, {"form": {"title": "Mine", "content": ""}})
    assert "changed meanwhile" in here.show(NotesState, "error")

    await there.send(NotesState.open, {"note_id": there.show(NotesState, "notes")[0].id})
    await there.send(NotesState.remove)
    await here.send(Inbox.sync)
    assert "deleted in another tab" in here.show(NotesState, "error")


async def test_activity_names_versions_and_restores_one(open_tab: Any, user_id: UUID, garden: UUID) -> None:
    tab = await open_tab(user_id, f"/projects/{garden}/activity")
    await tab.send(ProjectEditState.edit)
    await tab.send(ProjectEditState.save, {"form": {"name": "Gardn"}})
    await tab.send(ActivityState.load)
    assert {row.kind for row in tab.show(ActivityState, "rows")} == {
        "task_made",
        "note_made",
        "project_made",
        "project_changed",
    }
    newest, first = tab.show(ActivityState, "versions")
    assert {change.field for change in newest.changes} == {"name", "end date"}

    await tab.send(ActivityState.restore, {"number": first.number})

    assert tab.show(ProjectState, "name") == "Garden"


async def test_the_command_bar_finds_what_is_the_persons(
    open_tab: Any, user_id: UUID, other_user_id: UUID, garden: UUID
) -> None:
    tab, foreign = await open_tab(user_id, "/"), await open_tab(other_user_id, "/")
    for each in (tab, foreign):
        await each.send(SearchState.find, {"text": "tmiber"})
    (hit,) = tab.show(SearchState, "hits")
    assert (hit.kind, hit.title, hit.place) == ("task", "Order timber", "Garden")
    assert hit.href == f"?task={hit.id}"
    assert foreign.show(SearchState, "said") == "0 things found"
    assert "timber" not in foreign.received
    await tab.send(SearchState.find, {"text": "t"})
    assert tab.show(SearchState, "hits") == []


async def test_all_results_of_a_search_by_kind(open_tab: Any, user_id: UUID) -> None:
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="Timber house", slug="timber")
        session.add(project)
        await session.flush()
        session.add(Task(user_id=user_id, project_id=project.id, title="Order timber"))
    tab = await open_tab(user_id, "/search?q=tmiber")
    await tab.send(SearchState.find, {"text": "tmiber"})
    assert tab.show(SearchState, "all_href") == "/search?q=tmiber"

    await tab.send(SearchPageState.load)
    assert [hit.kind for hit in tab.show(SearchPageState, "hits")] == ["project", "task"]
    await tab.send(SearchPageState.only, {"kind": "task"})
    assert [(hit.title, hit.place) for hit in tab.show(SearchPageState, "hits")] == [("Order timber", "Timber house")]
    assert tab.show(SearchPageState, "said") == "1 result for “tmiber”"
    await tab.send(SearchPageState.find, {"form": {"q": "a & b"}})
    assert tab.redirects == ["/search?q=a%20%26%20b"]
    await tab.send(SearchPageState.only, {"kind": "secret"})
    assert "Choose one of the kinds" in tab.show(Inbox, "answer")["text"]
