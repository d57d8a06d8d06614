"""The lists of Today at the edges of days, and how full a week is. Pure where it can be."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from buildos_app.accounts.working_hours import WorkingHours, get_working_hours, set_working_hours
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import InvalidInput
from buildos_app.models.project import Task
from buildos_app.projects.today import read_today
from buildos_app.projects.workload import week_load

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=KOLKATA)  # a Monday


async def put(user_id: UUID, title: str, **fields: Any) -> None:
    async with service_session("test") as session:
        session.add(Task(user_id=user_id, title=title, **fields))


async def test_days_begin_at_midnight_of_the_person(other_user_id: UUID) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=KOLKATA)
    minute = timedelta(minutes=1)
    for title, moment in {
        "late": midnight - minute,
        "first": midnight,
        "last": midnight + timedelta(days=1) - minute,
        "next": midnight + timedelta(days=1),
        "week": midnight + timedelta(days=8) - minute,
        "far": midnight + timedelta(days=8),
    }.items():
        await put(other_user_id, title, start_date=moment, start_has_time=True)
    await put(other_user_id, "due beats start", start_date=midnight - minute, due_date=midnight + minute)
    await put(other_user_id, "done today", status="done", completed_at=NOW)
    await put(other_user_id, "done yesterday", status="done", completed_at=midnight - minute)
    await put(other_user_id, "deleted", start_date=midnight, deleted_at=NOW)
    await put(other_user_id, "outdated", start_date=midnight, outdated=True)
    await put(other_user_id, "whenever")

    async with user_session(other_user_id) as session:
        view = await read_today(session, NOW)

    assert [task.title for task in view.past_due] == ["late"]
    assert {task.title for task in view.today} == {"first", "last", "due beats start", "done today"}
    assert [task.title for task in view.upcoming] == ["next", "week"]
    assert [task.title for task in view.without_a_date] == ["whenever"]
    assert not view.is_new


async def test_many_late_tasks_hide_nothing_of_today(user_id: UUID) -> None:
    late = NOW - timedelta(days=30)
    async with service_session("test") as session:
        session.add_all(Task(user_id=user_id, title=f"Late {number}", due_date=late) for number in range(120))
    await put(user_id, "for today", due_date=NOW)

    async with user_session(user_id) as session:
        view = await read_today(session, NOW)

    assert (len(view.past_due), view.past_due_count) == (50, 120)
    assert [task.title for task in view.today] == ["for today"]


async def test_today_asks_the_same_number_of_questions_however_much_there_is(user_id: UUID) -> None:
    async def asked() -> int:
        counted: list[str] = []
        async with user_session(user_id) as session:
            connection = (await session.connection()).sync_connection
            sa.event.listen(connection, "before_cursor_execute", lambda *args: counted.append(args[2]))
            await read_today(session, NOW)
        return len(counted)

    await put(user_id, "one", due_date=NOW)
    few = await asked()
    async with service_session("test") as session:
        session.add_all(Task(user_id=user_id, title=f"Task {number}", due_date=NOW) for number in range(90))

    assert await asked() == few


async def test_a_week_is_held_against_working_hours(user_id: UUID) -> None:
    await put(user_id, "today", start_date=NOW, duration_minutes=90)
    await put(user_id, "today too", due_date=NOW)
    await put(user_id, "on Saturday", start_date=NOW + timedelta(days=5), duration_minutes=60)
    await put(user_id, "too much", start_date=NOW + timedelta(days=1), duration_minutes=600)
    async with user_session(user_id) as session:
        view = await read_today(session, NOW)

    loads = week_load([*view.today, *view.upcoming], NOW, WorkingHours())

    assert [(load.tasks, load.minutes, load.unknown, load.capacity) for load in loads[:2]] == [
        (2, 90, 1, 480),
        (1, 600, 0, 480),
    ]
    assert [load.percent for load in loads] == [19, 125, 0, 0, 0, 100, 0]


async def test_working_hours_are_kept(user_id: UUID) -> None:
    hours = WorkingHours(time(8, 30), time(16), (1, 2, 4))
    async with user_session(user_id) as session:
        assert (await get_working_hours(session, user_id)).words == "9 to 17"
        await set_working_hours(session, user_id, hours)
        kept = await get_working_hours(session, user_id)
        with pytest.raises(InvalidInput):
            await set_working_hours(session, user_id, WorkingHours(time(17), time(9)))

    assert (kept, kept.words) == (hours, "8:30 to 16")
    assert (kept.minutes_on(date(2026, 11, 23)), kept.minutes_on(date(2026, 11, 25))) == (450, 0)
