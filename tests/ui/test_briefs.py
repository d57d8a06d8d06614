"""Every state of the pages of briefs, through Reflex's own event processor and the real queue."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.briefs.jobs import GenerateDailyBrief
from buildos_app.briefs.queries import streak
from buildos_app.clock import local_now
from buildos_app.db.session import service_session
from buildos_app.models.project import Project, Task
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.briefs.brief_state import BriefState
from buildos_app.ui.pages.briefs.project_state import ProjectBriefsState
from buildos_app.ui.pages.briefs.state import BriefsState, TodaysBriefState
from buildos_app.ui.pages.settings.briefs.state import BriefSettingsState
from tests.fixtures.jobs import Perform

ZONE = "Europe/Berlin"


def today() -> date:
    return local_now(ZONE).date()


def job(**more: Any) -> GenerateDailyBrief:
    return GenerateDailyBrief(brief_date=today(), timezone=ZONE, **more)


@pytest.fixture
async def garden(user_id: UUID) -> Project:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add(Task(user_id=user_id, project_id=project.id, title="Order timber", due_date=local_now(ZONE)))
    return project


async def run_sql(statement: str) -> None:
    async with service_session("test") as session:
        await session.execute(sa.text(statement))


async def test_from_nothing_to_a_brief_and_back(
    open_tab: Any, user_id: UUID, garden: Project, perform: Perform
) -> None:
    tab = await open_tab(user_id, f"/briefs/{today()}")
    await tab.send(BriefState.load)
    assert (tab.show(BriefState, "writing").state, tab.show(BriefState, "has_content")) == ("none", False)

    await tab.send(BriefState.generate)
    assert tab.show(BriefState, "writing").state == "running"
    await tab.send(BriefState.load)  # a reload finds the same
    assert tab.show(BriefState, "writing").message == "Waits for the worker"
    await tab.send(BriefState.cancel)
    assert tab.show(BriefState, "writing").state == "cancelled"

    await perform(job())
    await tab.send(BriefState.load)
    shown = tab.show(BriefState, "brief")
    assert (tab.show(BriefState, "writing").state, shown.title) == ("ready", "One thing comes first today")
    assert [(row.number, row.title, row.why) for row in shown.ranked] == [(1, "Order timber", "due today")]
    await tab.send(BriefState.toggle, {"task_id": shown.ranked[0].id})
    assert tab.show(BriefState, "brief").ranked[0].done

    await tab.send(BriefState.generate)  # once more: what is there stays
    assert (tab.show(BriefState, "writing").state, tab.show(BriefState, "has_content")) == ("running", True)
    await tab.send(BriefState.cancel)
    assert tab.show(BriefState, "writing").state == "ready"


async def test_a_failure_is_shown_with_its_reason(open_tab: Any, user_id: UUID, garden: Project) -> None:
    tab = await open_tab(user_id, f"/briefs/{today()}")
    await tab.send(BriefState.load)
    await tab.send(BriefState.generate)
    await run_sql("UPDATE queue_jobs SET status = 'processing', started_at = now()")
    await run_sql("UPDATE queue_jobs SET status = 'failed', error_message = 'The disk is full.', completed_at = now()")

    await tab.send(BriefState.load)

    writing = tab.show(BriefState, "writing")
    assert (writing.state, writing.error) == ("failed", "The disk is full.")
    await tab.send(BriefState.generate)
    assert tab.show(BriefState, "writing").state == "running"


async def test_another_persons_brief_is_not_there(
    open_tab: Any, user_id: UUID, other_user_id: UUID, garden: Project, perform: Perform
) -> None:
    await perform(job())
    tab = await open_tab(other_user_id, f"/briefs/{today()}")
    await tab.send(BriefState.load)
    await tab.send(BriefState.send)

    assert not tab.show(BriefState, "has_content")
    assert "timber" not in tab.received
    assert tab.show(Inbox, "answer")["text"] == "There is no brief of that day."


async def test_an_address_without_a_date(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/briefs/tomorrow")
    await tab.send(BriefState.load)
    assert "no date" in tab.show(BriefState, "missing")
    await tab.send(BriefState.generate)
    assert "not complete" in tab.show(Inbox, "answer")["text"]


async def test_the_list_searches_and_pages(open_tab: Any, user_id: UUID) -> None:
    await run_sql(
        "INSERT INTO daily_briefs (user_id, brief_date, title, summary, markdown, completed_at)"
        f" SELECT '{user_id}', date '{today()}' - n, 'Day ' || n, 'text', 'says 100% of ' || n, now()"
        " FROM generate_series(1, 25) n"
    )
    tab = await open_tab(user_id, "/briefs")
    await tab.send(BriefsState.load)
    assert (len(tab.show(BriefsState, "briefs")), tab.show(BriefsState, "has_more")) == (20, True)
    await tab.send(BriefsState.more)
    assert (len(tab.show(BriefsState, "briefs")), tab.show(BriefsState, "has_more")) == (25, False)
    assert tab.show(BriefsState, "streak") == 25
    await tab.send(BriefsState.find, {"text": "100% of 7"})
    assert [row.title for row in tab.show(BriefsState, "briefs")] == ["Day 7"]
    await tab.send(BriefsState.find, {"text": "100_"})
    assert tab.show(BriefsState, "briefs") == []


async def test_todays_brief_in_short(open_tab: Any, user_id: UUID, garden: Project, perform: Perform) -> None:
    tab = await open_tab(user_id, "/")
    await tab.send(TodaysBriefState.load)
    assert (tab.show(TodaysBriefState, "writing").state, tab.show(TodaysBriefState, "has_content")) == ("none", False)
    await tab.send(TodaysBriefState.generate)
    assert tab.show(TodaysBriefState, "writing").state == "running"
    await tab.send(TodaysBriefState.cancel)
    await perform(job())
    await tab.send(TodaysBriefState.load)
    assert tab.show(TodaysBriefState, "has_content")
    assert "Order timber" in tab.show(TodaysBriefState, "summary")


async def test_a_projects_tab(open_tab: Any, user_id: UUID, garden: Project, perform: Perform) -> None:
    await perform(job())
    tab = await open_tab(user_id, f"/projects/{garden.id}/briefs")
    await tab.send(ProjectBriefsState.load)
    [brief] = tab.show(ProjectBriefsState, "briefs")
    assert (brief.day, brief.part.standing) == ("today", "0 of 1 done.")
    assert [task.title for found in brief.part.lists for task in found.tasks] == ["Order timber"]


async def test_settings_preview_before_they_are_saved(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/briefs")
    await tab.send(BriefSettingsState.load)
    assert "at 09:00 (Europe/Berlin)" in tab.show(BriefSettingsState, "preview")
    await tab.send(BriefSettingsState.try_out, {"field": "frequency", "value": "weekly"})
    await tab.send(BriefSettingsState.try_out, {"field": "day_of_week", "value": "0"})
    await tab.send(BriefSettingsState.try_out, {"field": "time_of_day", "value": "18:45"})
    assert "Sunday" in tab.show(BriefSettingsState, "preview") and "18:45" in tab.show(BriefSettingsState, "preview")
    await tab.send(BriefSettingsState.try_out, {"field": "time_of_day", "value": "late"})
    assert "07:30" in tab.show(BriefSettingsState, "error")

    form = {"frequency": "weekly", "day_of_week": "0", "time_of_day": "18:45", "is_active": True, "by_email": True}
    await tab.send(BriefSettingsState.save, {"form": form})

    assert "on its way" in tab.show(Inbox, "answer")["text"]  # the link that confirms the address
    assert tab.show(BriefSettingsState, "by_email")
    await tab.send(BriefSettingsState.save, {"form": {**form, "is_active": False}})
    assert tab.show(BriefSettingsState, "preview") == "No brief is planned."
    await tab.send(BriefSettingsState.change_address, {"form": {"email": "x@example.org", "password": "wrong"}})
    assert "not right" in tab.show(BriefSettingsState, "address_error")


async def test_what_is_planned_can_be_skipped(open_tab: Any, user_id: UUID) -> None:
    """The schedule writes it down within the hour before; skipped, it is told so on its own page, and comes no more."""
    soon = local_now("Europe/Berlin") + timedelta(minutes=30)
    tab = await open_tab(user_id, "/settings/briefs")
    await tab.send(BriefSettingsState.load)
    assert tab.show(BriefSettingsState, "planned") == []
    form = {"frequency": "daily", "time_of_day": f"{soon:%H:%M}", "is_active": True}
    await tab.send(BriefSettingsState.save, {"form": form})
    [planned] = tab.show(BriefSettingsState, "planned")
    assert (planned.date, planned.at) == (f"{soon:%Y-%m-%d}", f"{soon:%H:%M}")

    await tab.send(BriefSettingsState.skip, {"brief_date": planned.date})

    assert tab.show(BriefSettingsState, "planned") == []
    other = await open_tab(user_id, f"/briefs/{planned.date}")
    await other.send(BriefState.load)
    assert other.show(BriefState, "writing").state == "cancelled"


def test_a_streak_ends_today_or_yesterday() -> None:
    day = date(2026, 11, 24)
    assert streak([], day) == 0
    assert streak([day, day - timedelta(days=1), day - timedelta(days=3)], day) == 2
    assert streak([day - timedelta(days=1), day - timedelta(days=2)], day) == 2
    assert streak([day - timedelta(days=2)], day) == 0
