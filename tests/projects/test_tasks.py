"""Tasks in full against a real database: completion, repetitions, series, dependencies, the bin, undo, history."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from buildos_app.accounts.accounts import update_profile
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.project import Project, Task
from buildos_app.models.task import TaskInstance
from buildos_app.projects.dependencies import add_dependency, list_choices, list_needed, remove_dependency
from buildos_app.projects.fields import NewTask
from buildos_app.projects.history import because, list_changes
from buildos_app.projects.instances import ensure_instances, list_instances, move_to_zone, person_now
from buildos_app.projects.queries import TaskView, get_task
from buildos_app.projects.series import Scope, change_series, delete_from_series
from buildos_app.projects.tasks import (
    change_task,
    complete,
    create_task,
    delete_tasks,
    reopen,
    restore_tasks,
    set_task_status,
    skip,
    toggle_task,
)
from buildos_app.projects.undo import remembered, take_back

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)  # a Monday


@pytest.fixture(autouse=True)
def a_monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


async def make(user_id: UUID, title: str = "Water the pots", **fields: Any) -> TaskView:
    async with user_session(user_id) as session:
        return await create_task(session, user_id, NewTask(title=title, **fields))


MORNING = NOW.replace(hour=8)


async def weekly(user_id: UUID, start: datetime = MORNING, **fields: Any) -> TaskView:
    return await make(user_id, start_date=start, start_has_time=True, recurrence_pattern="weekly", **fields)


async def dates(user_id: UUID, task_id: UUID) -> dict[str, str]:
    async with user_session(user_id) as session:
        await ensure_instances(session, (await person_now(session)).date())
        query = sa.select(col(TaskInstance.instance_date), col(TaskInstance.status)).where(
            col(TaskInstance.task_id) == task_id
        )
        return {
            f"{day:%m-%d}": status
            for day, status in await session.execute(query.order_by(col(TaskInstance.instance_date)))
        }


@pytest.mark.parametrize("way", ["complete", "set_task_status", "toggle_task", "change_task", "sql"])
async def test_every_way_of_completing_keeps_the_time(user_id: UUID, way: str) -> None:
    task = await make(user_id)
    async with user_session(user_id) as session:
        match way:
            case "complete":
                await complete(session, task.id)
            case "set_task_status":
                await set_task_status(session, task.id, "done")  # type: ignore[arg-type]
            case "toggle_task":
                await toggle_task(session, task.id)
            case "change_task":
                await change_task(session, task.id, {"status": "done"})
            case _:
                await session.execute(sa.text("UPDATE tasks SET status = 'done'"))
        done = await get_task(session, task.id)
        assert done.is_done and done.completed_at is not None

        reopened = await reopen(session, task.id)
        assert (reopened.status, reopened.completed_at) == ("backlog", None)


async def test_a_patch_leaves_what_it_does_not_name(user_id: UUID) -> None:
    task = await make(user_id, start_date=NOW, start_has_time=True, due_date=NOW, duration_minutes=30)
    async with user_session(user_id) as session:
        await complete(session, task.id)

        changed = await change_task(session, task.id, {"title": " Water   all pots "})

    assert changed.title == "Water all pots"
    assert (changed.start_date, changed.due_date, changed.duration_minutes) == (NOW, NOW, 30)
    assert changed.is_done and changed.completed_at


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "  "},
        {"status": "cancelled"},
        {"priority": "huge"},
        {"duration_minutes": 0},
        {"user_id": "x"},
        {"recurrence_pattern": "weekly"},  # without a start
        {"details": "x" * 50_001},
    ],
)
async def test_what_does_not_fit_is_refused(user_id: UUID, changes: dict[str, Any]) -> None:
    task = await make(user_id)

    with pytest.raises(InvalidInput):
        async with user_session(user_id) as session:
            await change_task(session, task.id, changes)


async def test_the_last_day_of_a_project_counts_whole(user_id: UUID) -> None:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Fair", slug="fair", end_date=date(2026, 11, 30))
        session.add(project)
    late = datetime(2026, 11, 30, 23, 30, tzinfo=BERLIN)

    task = await make(user_id, project_id=project.id, start_date=late, start_has_time=True)
    with pytest.raises(InvalidInput, match="ends on 30 November"):
        await make(user_id, project_id=project.id, start_date=late + timedelta(hours=1))
    series = await weekly(user_id, project_id=project.id)

    assert (task.start_date, series.recurrence_ends) == (late, date(2026, 11, 30))


async def test_dates_are_made_lazily_and_once(user_id: UUID) -> None:
    task = await weekly(user_id)
    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(TaskInstance))).scalar_one() == 0

    both = await asyncio.gather(*(dates(user_id, task.id) for _ in range(2)))

    assert both[0] == both[1] == dict.fromkeys(["11-23", "11-30", "12-07", "12-14", "12-21"], "scheduled")


async def test_completing_means_the_current_date_and_leaves_out_missed_ones(user_id: UUID) -> None:
    task = await weekly(user_id, start=datetime(2026, 11, 2, 8, tzinfo=BERLIN))

    async with user_session(user_id) as session:
        done = await complete(session, task.id)

    assert (done.instance_date, done.is_done) == (date(2026, 11, 23), True)
    found = await dates(user_id, task.id)
    assert [found[day] for day in ("11-02", "11-09", "11-16", "11-23", "11-30")] == [
        *["skipped"] * 3,
        "completed",
        "scheduled",
    ]
    async with user_session(user_id) as session:
        assert (await get_task(session, task.id)).status == "backlog"
        with pytest.raises(Conflict):
            await complete(session, task.id, on=date(2026, 11, 23))
        open_again = await reopen(session, task.id, on=date(2026, 11, 23))
    assert not open_again.is_done


async def test_a_date_done_ahead_of_time_leaves_today_open(user_id: UUID) -> None:
    task = await weekly(user_id, start=datetime(2026, 11, 16, 8, tzinfo=BERLIN))

    async with user_session(user_id) as session:
        await complete(session, task.id, on=date(2026, 11, 30))

    found = await dates(user_id, task.id)
    assert [found[day] for day in ("11-16", "11-23", "11-30")] == ["skipped", "scheduled", "completed"]


async def test_a_series_whose_last_date_is_settled_is_done(user_id: UUID) -> None:
    task = await weekly(user_id, recurrence_ends=date(2026, 12, 1))

    async with user_session(user_id) as session:
        await complete(session, task.id)
        assert not (await get_task(session, task.id)).is_done
        await skip(session, task.id, on=date(2026, 11, 30))
        assert (await get_task(session, task.id)).is_done


async def test_the_wall_clock_stays_when_the_clocks_change(user_id: UUID) -> None:
    with time_machine.travel(datetime(2026, 10, 20, 10, tzinfo=BERLIN)):
        await weekly(user_id, start=datetime(2026, 10, 19, 8, tzinfo=BERLIN))
        async with user_session(user_id) as session:
            now = await person_now(session)
            await ensure_instances(session, now.date())
            found = await list_instances(session, now, until=date(2026, 10, 31), done_since=now, limit=9)

    assert [task.start_date.astimezone(UTC).hour for task in found if task.start_date] == [6, 7]


async def test_a_move_to_another_timezone_keeps_days_and_the_clock_of_repetitions(user_id: UUID) -> None:
    series = await weekly(user_id)
    day = await make(user_id, due_date=NOW.replace(hour=23, minute=59))
    call = await make(user_id, start_date=NOW.replace(hour=15), start_has_time=True)
    before = await dates(user_id, series.id)
    tokyo = ZoneInfo("Asia/Tokyo")

    async with user_session(user_id) as session:
        await update_profile(session, user_id, name="Mira", timezone="Asia/Tokyo")
        await move_to_zone(session, "Europe/Berlin", "Asia/Tokyo")

    async with user_session(user_id) as session:
        moved = {task.id: await get_task(session, task.id) for task in (series, day, call)}
        on = await list_instances(session, await person_now(session), until=date(2026, 12, 1), done_since=NOW, limit=5)
    assert moved[series.id].start_date == MORNING.replace(tzinfo=tokyo)
    assert moved[day.id].due_date == NOW.replace(hour=23, minute=59, tzinfo=tokyo)
    assert moved[call.id].start_date == NOW.replace(hour=15)
    assert [each.start_date.astimezone(tokyo).hour for each in on if each.start_date] == [8, 8]
    assert await dates(user_id, series.id) == before


async def test_changing_this_one_makes_a_task_of_its_own(user_id: UUID) -> None:
    task = await weekly(user_id)
    tuesday = datetime(2026, 12, 1, 9, tzinfo=BERLIN)

    async with user_session(user_id) as session:
        own = await change_series(
            session, task.id, date(2026, 11, 30), Scope.THIS, {"start_date": tuesday, "title": "Repot"}
        )
        moved = await get_task(session, own)

    assert (moved.title, moved.start_date, moved.recurrence_pattern) == ("Repot", tuesday, None)
    assert (await dates(user_id, task.id))["11-30"] == "cancelled"
    async with user_session(user_id) as session:
        assert (await get_task(session, task.id)).title == "Water the pots"


async def test_changing_the_following_splits_the_series(user_id: UUID) -> None:
    task = await weekly(user_id)
    async with user_session(user_id) as session:
        await ensure_instances(session, NOW.date())
        await skip(session, task.id, on=date(2026, 11, 30))
        later = datetime(2026, 12, 7, 18, tzinfo=BERLIN)
        new = await change_series(session, task.id, date(2026, 12, 7), Scope.FOLLOWING, {"start_date": later})

    assert await dates(user_id, task.id) == {"11-23": "scheduled", "11-30": "skipped"}
    assert list(await dates(user_id, new)) == ["12-07", "12-14", "12-21"]
    async with user_session(user_id) as session:
        old, split = await get_task(session, task.id), await get_task(session, new)
    assert (old.recurrence_ends, split.start_date, split.recurrence_ends) == (date(2026, 12, 6), later, None)


async def test_a_split_on_a_short_month_keeps_the_31st(user_id: UUID) -> None:
    start = datetime(2026, 10, 31, 8, tzinfo=BERLIN)
    task = await make(user_id, start_date=start, recurrence_pattern="monthly")

    async with user_session(user_id) as session:
        new = await change_series(session, task.id, date(2026, 11, 30), Scope.FOLLOWING, {"title": "Rent, cheaper"})
        with time_machine.travel(datetime(2026, 12, 20, tzinfo=BERLIN)):
            await ensure_instances(session, date(2026, 12, 20), task_id=new)

    assert "12-31" in await dates(user_id, new)


async def test_changing_all_moves_what_is_still_to_come(user_id: UUID) -> None:
    task = await weekly(user_id, start=datetime(2026, 11, 16, 8, tzinfo=BERLIN))
    async with user_session(user_id) as session:
        await ensure_instances(session, NOW.date())
        wednesday = datetime(2026, 12, 2, 8, tzinfo=BERLIN)  # in the place of Monday 30 November
        await change_series(session, task.id, date(2026, 11, 30), Scope.ALL, {"start_date": wednesday})

    assert list(await dates(user_id, task.id)) == ["11-16", "11-25", "12-02", "12-09", "12-16", "12-23"]


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (
            Scope.THIS,
            {
                "11-23": "scheduled",
                "11-30": "deleted",
                "12-07": "scheduled",
                "12-14": "scheduled",
                "12-21": "scheduled",
            },
        ),
        (Scope.FOLLOWING, {"11-23": "scheduled"}),
    ],
)
async def test_deleting_from_a_series(user_id: UUID, scope: Scope, left: dict[str, str]) -> None:
    task = await weekly(user_id)

    async with user_session(user_id) as session:
        await delete_from_series(session, task.id, date(2026, 11, 30), scope)

    assert await dates(user_id, task.id) == left


async def test_a_deleted_task_comes_back(user_id: UUID) -> None:
    task = await make(user_id)
    async with user_session(user_id) as session:
        assert await delete_tasks(session, [task.id]) == 1
        with pytest.raises(NotFound):
            await get_task(session, task.id)
        assert await restore_tasks(session, [task.id]) == 1
        assert (await get_task(session, task.id)).title == task.title


async def test_a_task_with_open_tasks_below_it_is_not_deleted(user_id: UUID) -> None:
    task = await make(user_id)
    async with user_session(user_id) as session:
        session.add(Task(user_id=user_id, title="Fill the can", parent_task_id=task.id))
        await session.flush()
        with pytest.raises(Conflict, match="Fill the can"):
            await delete_tasks(session, [task.id])


async def test_undo_puts_a_bulk_change_back(user_id: UUID) -> None:
    one, series = await make(user_id, "Mow", duration_minutes=20), await weekly(user_id)
    before = await dates(user_id, series.id)
    async with user_session(user_id) as session, remembered(session, [one.id, series.id]) as undo:
        await complete(session, one.id)
        await complete(session, series.id)
        await delete_tasks(session, [one.id])

    async with user_session(user_id) as session:
        await take_back(session, undo)
        back = await get_task(session, one.id)

    assert (back.status, back.completed_at, back.deleted_at) == ("backlog", None, None)
    assert await dates(user_id, series.id) == before


async def test_undo_never_overwrites_a_later_change(user_id: UUID) -> None:
    task = await make(user_id)
    async with user_session(user_id) as session, remembered(session, [task.id]) as undo:
        await complete(session, task.id)
    async with user_session(user_id) as session:
        await change_task(session, task.id, {"title": "Changed elsewhere"})

    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await take_back(session, undo)


async def test_dependencies_end_at_a_circle(user_id: UUID) -> None:
    dig, pour, build = [await make(user_id, title) for title in ("Dig", "Pour", "Build")]
    async with user_session(user_id) as session:
        await add_dependency(session, user_id, build.id, pour.id)
        await add_dependency(session, user_id, pour.id, dig.id)
        await add_dependency(session, user_id, pour.id, dig.id)  # twice is once
        assert [needed.title for needed in await list_needed(session, pour.id)] == ["Dig"]
        assert [choice.title for choice in await list_choices(session, dig.id, None)] == []
        for task_id, needs_id in ((dig.id, build.id), (dig.id, dig.id), (pour.id, build.id)):
            with pytest.raises(InvalidInput, match="circle"):
                await add_dependency(session, user_id, task_id, needs_id)
        await remove_dependency(session, pour.id, dig.id)
        await add_dependency(session, user_id, dig.id, build.id)


async def test_two_transactions_cannot_close_a_circle_together(user_id: UUID) -> None:
    tasks = [await make(user_id, f"Task {number}") for number in range(6)]
    ring = [(task.id, tasks[(number + 1) % 6].id) for number, task in enumerate(tasks)]

    async def add(task_id: UUID, needs_id: UUID) -> bool:
        async with user_session(user_id) as session:
            try:
                await add_dependency(session, user_id, task_id, needs_id)
            except InvalidInput:
                return False
            await asyncio.sleep(0)  # the others are in the middle of theirs
            return True

    added = await asyncio.gather(*(add(*pair) for pair in ring))

    assert sorted(added) == [False, *[True] * 5]


async def test_the_database_refuses_a_circle_by_itself(user_id: UUID) -> None:
    task = await make(user_id)

    with pytest.raises(DBAPIError, match="a task cannot wait for itself"):
        async with service_session("test") as session:
            await session.execute(
                sa.text("INSERT INTO task_dependencies (user_id, task_id, needs_id) VALUES (:u, :t, :t)"),
                {"u": user_id, "t": task.id},
            )


async def test_nobody_waits_for_a_task_of_somebody_else(user_id: UUID, other_user_id: UUID) -> None:
    mine, theirs = await make(user_id), await make(other_user_id)

    with pytest.raises(NotFound):
        async with user_session(user_id) as session:
            await add_dependency(session, user_id, mine.id, theirs.id)


async def test_the_history_names_what_changed_and_why(user_id: UUID) -> None:
    task = await make(user_id)
    async with user_session(user_id) as session:
        await change_task(session, task.id, {"title": "Water all", "details": "a long text"})
    async with user_session(user_id) as session:
        await because(session, "brain_dump:7")
        await complete(session, task.id)
        latest, first = await list_changes(session, task.id)

    assert (latest.changes, latest.cause) == ({"status": ["backlog", "done"]}, "brain_dump:7")
    assert (first.changes, first.cause) == ({"title": ["Water the pots", "Water all"], "details": [None, None]}, "")


async def test_a_version_counts_what_a_person_sees(user_id: UUID) -> None:
    task = await weekly(user_id)
    await dates(user_id, task.id)
    async with user_session(user_id) as session:
        assert (await get_task(session, task.id)).version == 1
        assert (await change_task(session, task.id, {"title": "Water all"})).version == 2
