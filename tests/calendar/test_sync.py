"""Both sides of a calendar, through Google's SDK over HTTP."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from buildos_app.calendar import connect
from buildos_app.calendar.plan import Plan, plan_push
from buildos_app.clock import now
from buildos_app.db.engine import async_engine
from buildos_app.models.calendar import Calendar, CalendarEvent
from buildos_app.models.project import Task
from buildos_app.projects.changes import ProjectFields, create_project
from buildos_app.projects.tasks import complete, delete_tasks
from tests.calendar.conftest import TOMORROW, Desk, Direct, at, utc
from tests.fixtures.database import until_blocked
from tests.fixtures.google import Google


async def test_a_task_with_a_start_becomes_an_event_and_follows_it(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()

    (event,) = google.events()
    assert (event["summary"], utc(event)) == ("Call Ana", TOMORROW)
    assert event["extendedProperties"]["private"]["buildosTask"] == str(task_id)
    await desk.change(task_id, title="Call Ana back", start_date=TOMORROW + timedelta(hours=2), duration_minutes=30)
    await desk.sync()
    (event,) = google.events()
    assert (event["summary"], utc(event, "end")) == ("Call Ana back", TOMORROW + timedelta(hours=2, minutes=30))
    async with desk.session() as session:
        await complete(session, task_id)
    await desk.sync()
    assert google.events() == []
    assert await desk.links() == []


async def test_what_a_person_does_in_google_comes_back_and_is_not_echoed(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    (event,) = google.events()
    later = TOMORROW + timedelta(days=1)
    google.edit("patch", event["id"], summary="Ring Ana", start=at(later), end=at(later + timedelta(minutes=45)))
    before = len(google.calls("events.patch"))

    await desk.sync()
    await desk.sync()

    task = await desk.task(task_id)
    assert (task.title, task.start_date, task.duration_minutes) == ("Ring Ana", later, 45)
    assert len(google.calls("events.patch")) == before
    assert await desk.ledger() == []
    google.edit("delete", event["id"])
    await desk.sync()
    await desk.sync()
    task = await desk.task(task_id)
    assert (task.start_date, task.status) == (None, "backlog")
    assert google.events() == []


async def test_both_sides_changed(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    (event,) = google.events()
    await desk.change(task_id, title="Ours")
    google.edit("patch", event["id"], summary="Theirs")
    google.edit("patch", event["id"], start=at(TOMORROW + timedelta(hours=1)), end=at(TOMORROW + timedelta(hours=2)))

    await desk.sync()
    await desk.sync()

    task = await desk.task(task_id)
    (event,) = google.events()
    assert (task.title, event["summary"]) == ("Theirs", "Theirs")  # the newer one
    assert task.start_date == utc(event) == TOMORROW + timedelta(hours=1)
    (conflict,) = await desk.ledger()
    assert (conflict.ours["title"], conflict.theirs["title"], conflict.winner) == ("Ours", "Theirs", "theirs")


async def test_a_reply_that_was_lost_makes_no_second_event(desk: Desk, google: Google) -> None:
    await desk.add("Call Ana", TOMORROW)
    google.fail(call="events.insert", kind="lost")

    await desk.sync()
    await desk.sync()

    assert [event["summary"] for event in google.events()] == ["Call Ana"]
    assert [link.status for link in await desk.links()] == ["synced"]


async def test_a_deleted_task_takes_its_event_along(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    async with desk.session() as session:
        await delete_tasks(session, [task_id])
    await desk.sync()
    assert google.events() == []


async def test_a_day_without_a_time_is_an_all_day_event(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Holiday", TOMORROW, None, start_has_time=False)
    await desk.sync()
    (event,) = google.events()
    assert event["start"] == {"date": TOMORROW.date().isoformat()}
    google.edit(
        "patch",
        event["id"],
        start={**at(TOMORROW), "date": None},
        end={**at(TOMORROW + timedelta(hours=1)), "date": None},
    )
    await desk.sync()
    task = await desk.task(task_id)
    assert (task.start_has_time, task.duration_minutes, task.start_date) == (True, 60, TOMORROW)


async def test_an_old_token_loses_no_edit(desk: Desk, google: Google) -> None:
    tasks = [await desk.add(f"Task {number}", TOMORROW + timedelta(hours=number)) for number in range(3)]
    await desk.sync()
    first, second, third = sorted(google.events(), key=lambda event: event["summary"])
    await desk.change(tasks[0], title="Ours")
    google.edit("patch", second["id"], summary="Theirs")
    google.edit("delete", third["id"])
    google.turn(expire_sync_tokens=True)

    await desk.sync()
    await desk.sync()

    assert sorted(event["summary"] for event in google.events()) == ["Ours", "Theirs"]
    assert [(await desk.task(each)).title for each in tasks] == ["Ours", "Theirs", "Task 2"]
    assert (await desk.task(tasks[2])).start_date is None
    assert first["id"] in {link.event_id for link in await desk.links()}


async def test_a_project_has_a_calendar_of_its_own(desk: Desk, google: Google) -> None:
    other = google.add_calendar("Garden")
    async with desk.session() as session:
        project_id = await create_project(session, desk.user_id, ProjectFields(name="Raised beds"))
        await session.execute(sa.update(Calendar).values(last_synced_at=now() - timedelta(minutes=2)))
    task_id = await desk.add("Order timber", TOMORROW, project_id=project_id)
    await desk.sync()
    assert [event["summary"] for event in google.events()] == ["Order timber"]
    async with desk.session() as session:
        garden = next(each for each in await connect.list_calendars(session) if each.name == "Garden")
        assert not garden.is_chosen
        await connect.map_project(session, desk.user_id, project_id, garden.id)

    await desk.sync()
    await Direct(desk.user_id, google).sync(garden.id)

    assert google.events() == []
    (event,) = google.events(calendar=other)
    assert event["extendedProperties"]["private"]["buildosTask"] == str(task_id)
    google.edit("patch", event["id"], calendar=other, summary="Order oak")
    await Direct(desk.user_id, google).sync(garden.id)
    assert (await desk.task(task_id)).title == "Order oak"


async def test_two_workers_on_one_calendar_double_nothing(desk: Desk, google: Google) -> None:
    """The queue runs one at a time; a worker that was given up for dead may still be at it."""
    first = await desk.add("Task", TOMORROW)
    await desk.sync()
    (event,) = google.events()
    google.edit("patch", event["id"], summary="Theirs")
    for number in range(3):
        await desk.add(f"Task {number}", TOMORROW + timedelta(hours=number))
    calendar_id = (await desk.calendar()).id

    await asyncio.gather(*(Direct(desk.user_id, google).sync(calendar_id) for _ in range(2)))
    await desk.sync()

    assert sorted(each["summary"] for each in google.events()) == ["Task 0", "Task 1", "Task 2", "Theirs"]
    assert (await desk.task(first)).title == "Theirs"
    assert {link.status for link in await desk.links()} == {"synced"}


async def test_a_listing_costs_the_database_the_same_in_any_number_of_pages(desk: Desk, google: Google) -> None:
    for number in range(12):
        google.edit("insert", summary=f"Event {number}", start=at(TOMORROW), end=at(TOMORROW + timedelta(hours=1)))
    counts = []
    for size in (100, 2):
        google.turn(largest_page=size, expire_sync_tokens=True)
        async with desk.session() as session:
            await session.execute(sa.delete(CalendarEvent))
        with statements() as sent:
            await Direct(desk.user_id, google).sync((await desk.calendar()).id)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert len(google.calls("events.list")) > 6


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    sent: list[str] = []

    def take(*arguments: Any) -> None:
        sent.append(arguments[2])

    engine = async_engine().sync_engine
    sa.event.listen(engine, "before_cursor_execute", take)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", take)


async def test_a_plan_and_a_save_never_wait_in_a_circle(desk: Desk, database: str) -> None:
    """A save holds its task, and wants the calendar when it commits; the plan gives that task its link meanwhile."""
    task_id, calendar = await desk.add("Dig", TOMORROW), await desk.calendar()

    async def plan() -> Plan:
        async with desk.session() as session:
            return await plan_push(session, desk.user_id, calendar)

    async with desk.session() as session:
        task = (await session.execute(sa.select(Task).where(Task.id == task_id).with_for_update())).scalar_one()
        planned = asyncio.create_task(plan())
        await until_blocked(database)
        task.title = "Dig deeper"
    assert [step.kind for step in (await planned).steps] == ["insert"]
    assert (await desk.task(task_id)).title == "Dig deeper"


async def test_a_calendar_is_planned_once_at_a_time(desk: Desk, database: str) -> None:
    await desk.add("Dig", TOMORROW)
    calendar = await desk.calendar()

    async def plan() -> Plan:
        async with desk.session() as session:
            return await plan_push(session, desk.user_id, calendar)

    async with desk.session() as session:
        first = await plan_push(session, desk.user_id, calendar)
        planned = asyncio.create_task(plan())
        await until_blocked(database)
    second = await planned

    assert [step.event_id for step in first.steps] == [step.event_id for step in second.steps]
    assert len(await desk.links()) == 1
