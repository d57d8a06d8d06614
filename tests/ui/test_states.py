"""What pages show and do, through Reflex's own event processor."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.models.project import Project, Task
from buildos_app.models.queue import QueueJob
from buildos_app.notifications.events import PhasesFailed
from buildos_app.notifications.notify import notify
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.news import News
from buildos_app.ui.pages.dump.state import DumpState
from buildos_app.ui.pages.notifications.state import NotificationsState
from buildos_app.ui.pages.phases.plan_state import PlanState
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.overview_state import OverviewState
from buildos_app.ui.pages.project.state import ProjectState
from buildos_app.ui.pages.projects.state import ProjectsState
from buildos_app.ui.pages.review.state import ReviewState
from buildos_app.ui.pages.today.state import TodayState
from buildos_app.ui.push import hub


@pytest.fixture
async def project(user_id: UUID) -> Project:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add_all(
            Task(user_id=user_id, project_id=project.id, title=title, due_date=now()) for title in ("Mow", "Weed")
        )
    return project


async def tasks_of(user_id: UUID) -> dict[str, UUID]:
    async with user_session(user_id) as session:
        rows = await session.execute(sa.select(col(Task.title), col(Task.id)))
        return {title: task_id for title, task_id in rows}  # noqa: C416 - rows are no pairs to mypy


async def test_a_project_shows_its_tasks_and_ticks_them(open_tab: Any, user_id: UUID, project: Project) -> None:
    tab = await open_tab(user_id, f"/projects/{project.id}")
    await tab.send(ProjectState.load)
    await tab.send(OverviewState.load)
    assert (tab.show(ProjectState, "view"), tab.show(ProjectState, "progress")) == ("ready", "0 of 2 done")

    await tab.send(OverviewState.toggle, {"task_id": str((await tasks_of(user_id))["Mow"])})

    assert {row.title: row.done for row in tab.show(OverviewState, "next_tasks")} == {"Mow": True, "Weed": False}
    assert (tab.show(ProjectState, "progress"), tab.show(ProjectState, "percent")) == ("1 of 2 done", 50)


async def test_today_ticks_a_task(open_tab: Any, user_id: UUID, project: Project) -> None:
    tab = await open_tab(user_id, "/")
    await tab.send(TodayState.load)
    rows = [*tab.show(TodayState, "past_due"), *tab.show(TodayState, "today")]
    assert {row.title for row in rows} == {"Mow", "Weed"}

    await tab.send(TodayState.toggle, {"task_id": str((await tasks_of(user_id))["Weed"])})

    rows = [*tab.show(TodayState, "past_due"), *tab.show(TodayState, "today")]
    assert {row.title: row.done for row in rows} == {"Mow": False, "Weed": True}


async def test_generating_phases_adds_one_job_however_often_one_clicks(
    open_tab: Any, user_id: UUID, project: Project
) -> None:
    tab = await open_tab(user_id, f"/projects/{project.id}")
    await tab.send(PlanState.open)
    for _ in range(2):
        await tab.send(PlanState.generate, {"form": {}})

    async with service_session("test") as session:
        (job,) = (await session.execute(sa.select(QueueJob))).scalars()
    assert (job.job_type, job.user_id, job.status) == ("generate_phases", user_id, "pending")
    assert tab.show(PhasesState, "job").detail == "Waits for its turn"
    await tab.send(PhasesState.cancel_job)
    assert not tab.show(PhasesState, "is_planning")


async def test_another_persons_project_is_missing(open_tab: Any, other_user_id: UUID, project: Project) -> None:
    tab = await open_tab(other_user_id, f"/projects/{project.id}")

    await tab.send(ProjectState.load)
    await tab.send(PlanState.open)

    assert tab.show(ProjectState, "view") == "missing"
    assert "Garden" not in tab.received
    async with service_session("test") as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(QueueJob))).scalar_one() == 0


async def test_a_foreign_task_is_not_ticked(
    open_tab: Any, user_id: UUID, other_user_id: UUID, project: Project
) -> None:
    tab = await open_tab(other_user_id, "/")
    await tab.send(TodayState.load)

    await tab.send(TodayState.toggle, {"task_id": str((await tasks_of(user_id))["Mow"])})

    assert tab.show(Inbox, "answer")["text"] == "That task no longer exists."
    async with service_session("test") as session:
        statuses = set((await session.execute(sa.text("SELECT status FROM tasks"))).scalars())
    assert statuses == {"backlog"}


async def test_a_dump_goes_from_the_box_to_the_project(open_tab: Any, user_id: UUID) -> None:
    text = "Garden: order timber by Friday. Call Jonas tomorrow."
    tab = await open_tab(user_id, "/dump")
    await tab.send(DumpState.load)
    await tab.send(DumpState.keep_draft, {"content": text[:10]})
    assert tab.show(DumpState, "draft_state") == "Draft saved"
    await tab.send(DumpState.submit, {"form": {"content": text, "project_id": ""}})
    (address,) = tab.redirects
    await tab.send(DumpState.keep_draft, {"content": text})  # the last letter's draft comes late

    tab.path = address
    await tab.send(ReviewState.load)
    assert tab.show(ReviewState, "phase") == "review"
    assert [row.title for row in tab.show(ReviewState, "new")] == ["Garden", "Order timber", "Call Jonas"]
    call = tab.show(ReviewState, "new")[2]
    await tab.send(ReviewState.toggle, {"operation_id": call.id})
    assert tab.show(ReviewState, "selected") == 2
    await tab.send(ReviewState.edit, {"operation_id": tab.show(ReviewState, "new")[1].id})
    await tab.send(ReviewState.save_edit, {"form": {"title": "Order oak", "when": "whenever"}})
    assert "whenever" in tab.show(ReviewState, "edit_error")
    await tab.send(ReviewState.save_edit, {"form": {"title": "Order oak", "when": "tomorrow"}})
    await tab.send(ReviewState.apply_selected)

    assert tab.redirects[-1].startswith("/projects/")
    assert set(await tasks_of(user_id)) == {"Order oak"}
    async with service_session("test") as session:
        assert (await session.execute(sa.text("SELECT count(*) FROM brain_dumps"))).scalar_one() == 1


async def test_editing_a_title_keeps_the_repetition(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/dump")
    await tab.send(DumpState.submit, {"form": {"content": "Garden: water the pots every Monday."}})
    tab.path = tab.redirects[0]
    await tab.send(ReviewState.load)
    (task,) = [row for row in tab.show(ReviewState, "new") if not row.is_project]
    await tab.send(ReviewState.edit, {"operation_id": task.id})
    when = tab.show(ReviewState, "editing").when
    assert when == "every Monday"

    form = {"title": "Water all pots", "when": when, "duration": "", "priority": "medium", "details": ""}
    await tab.send(ReviewState.save_edit, {"form": form})

    (task,) = [row for row in tab.show(ReviewState, "new") if not row.is_project]
    await tab.send(ReviewState.edit, {"operation_id": task.id})
    assert (task.title, tab.show(ReviewState, "editing").when) == ("Water all pots", "every Monday")


async def test_a_parsed_dump_is_not_read_again(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/dump")
    await tab.send(DumpState.submit, {"form": {"content": "Garden: order timber."}})
    tab.path = tab.redirects[0]
    await tab.send(ReviewState.load)
    await tab.send(ReviewState.toggle, {"operation_id": tab.show(ReviewState, "new")[1].id})

    await tab.send(ReviewState.follow)  # as a late event would

    assert (tab.show(ReviewState, "phase"), tab.show(ReviewState, "selected")) == ("review", 1)


async def test_an_empty_dump_says_what_to_do(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/dump")
    await tab.send(DumpState.load)

    await tab.send(DumpState.submit, {"form": {"content": "  "}})

    assert tab.show(DumpState, "error").startswith("Write something first")
    assert tab.redirects == []


async def test_two_tabs_follow_one_reading(open_tab: Any, user_id: UUID) -> None:
    first = await open_tab(user_id, "/dump")
    await first.send(DumpState.submit, {"form": {"content": "Garden: order timber."}})
    tabs = [await open_tab(user_id, first.redirects[0]) for _ in range(2)]

    await asyncio.gather(*(tab.send(ReviewState.load) for tab in tabs))

    assert [tab.show(ReviewState, "phase") for tab in tabs] == ["review", "review"]
    async with service_session("test") as session:
        assert (await session.execute(sa.text("SELECT count(*) FROM brain_dump_operations"))).scalar_one() == 2


async def test_news_is_listed_read_and_put_away(open_tab: Any, user_id: UUID, project: Project) -> None:
    async with user_session(user_id) as session:
        for number in range(3):
            notify(session, user_id, PhasesFailed(project_id=project.id, project_name="Garden", reason=f"r{number}"))
    tab = await open_tab(user_id, "/notifications")
    await tab.send(Inbox.sync)
    assert (tab.show(News, "unread"), len(tab.show(News, "items"))) == (3, 3)
    assert [row.detail for row in tab.show(NotificationsState, "news")] == ["r2", "r1", "r0"]

    await tab.send(NotificationsState.open, {"notification_id": tab.show(NotificationsState, "news")[0].id})
    assert tab.redirects == [f"/projects/{project.id}/phases"]
    await tab.send(NotificationsState.put_away, {"notification_id": tab.show(NotificationsState, "news")[1].id})
    await tab.send(NotificationsState.read_all)

    assert [(row.detail, row.is_read) for row in tab.show(NotificationsState, "news")] == [("r2", True), ("r0", True)]


async def test_the_projects_list(open_tab: Any, user_id: UUID, other_user_id: UUID, project: Project) -> None:
    mine, theirs = await open_tab(user_id, "/projects"), await open_tab(other_user_id, "/projects")

    await mine.send(ProjectsState.load)
    await theirs.send(ProjectsState.load)

    assert [row.name for row in mine.show(ProjectsState, "projects")] == ["Garden"]
    assert theirs.show(ProjectsState, "projects") == []
    assert "Garden" not in theirs.received


async def test_a_change_of_rows_reads_what_hangs_on_their_table(open_tab: Any, user_id: UUID, project: Project) -> None:
    tab = await open_tab(user_id, "/")
    await tab.send(Inbox.sync)
    async with user_session(user_id) as session:
        notify(session, user_id, PhasesFailed(project_id=project.id, project_name="Garden", reason="r"))
        session.add(Task(user_id=user_id, project_id=project.id, title="Water the pots", due_date=now()))
        session.add(Project(user_id=user_id, name="Shed", slug="shed"))

    await tab.send(Inbox.look, {"tables": ["notes", "tasks"]})
    assert "Water the pots" in [row.title for row in tab.show(TodayState, "today")]
    assert [row.name for row in tab.show(Inbox, "projects")] == ["Garden"], "projects are read when projects change"
    assert tab.show(News, "unread") == 0

    hub._snapshots.clear()  # as the announcement does
    await tab.send(Inbox.look, {"tables": ["projects"]})
    assert {row.name for row in tab.show(Inbox, "projects")} == {"Garden", "Shed"}
