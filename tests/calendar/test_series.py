"""Repetitions on both sides."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from buildos_app.clock import zone
from buildos_app.models.project import Task
from buildos_app.projects.series import Scope, change_series, delete_from_series
from buildos_app.projects.tasks import complete, delete_tasks
from tests.calendar.conftest import BERLIN, TOMORROW, Desk, at, utc
from tests.fixtures.google import Google


def masters(google: Google) -> list[dict]:  # type: ignore[type-arg]
    return [event for event in google.events() if event.get("recurrence")]


def exceptions(google: Google) -> list[dict]:  # type: ignore[type-arg]
    return [event for event in google.events(deleted=True) if event.get("recurringEventId")]


async def daily(desk: Desk) -> tuple:  # type: ignore[type-arg]
    task_id = await desk.add("Run", TOMORROW, 30, recurrence_pattern="daily")
    await desk.sync()
    return task_id, masters(desk.google)[0]


async def test_a_repetition_is_an_rrule_and_its_end_an_until(desk: Desk, google: Google) -> None:
    task_id, master = await daily(desk)
    assert master["recurrence"] == ["RRULE:FREQ=DAILY"]

    last = (TOMORROW + timedelta(days=9)).date()
    await desk.change(task_id, recurrence_ends=last)
    await desk.sync()

    until = datetime.combine(last, datetime.max.time(), BERLIN).astimezone(zone("UTC"))
    assert masters(google)[0]["recurrence"] == [f"RRULE:FREQ=DAILY;UNTIL={until:%Y%m%dT%H%M%SZ}"]
    await desk.change(
        task_id, recurrence_pattern="monthly", start_date=TOMORROW.replace(month=12, day=31), recurrence_ends=None
    )
    await desk.sync()
    assert masters(google)[0]["recurrence"] == ["RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"]


async def test_dates_are_moved_done_and_deleted_here(desk: Desk, google: Google) -> None:
    task_id, master = await daily(desk)
    days = [(TOMORROW + timedelta(days=number)).date() for number in range(4)]
    async with desk.session() as session:
        later = TOMORROW + timedelta(days=1, hours=3)
        await change_series(session, task_id, days[1], Scope.THIS, {"start_date": later, "start_has_time": True})
    async with desk.session() as session:
        await delete_from_series(session, task_id, days[2], Scope.THIS)
    async with desk.session() as session:
        await complete(session, task_id, on=days[0])
    await desk.sync()
    await desk.sync()

    found = {event["originalStartTime"]["dateTime"][:10]: event for event in exceptions(google)}
    assert found[str(days[0])]["status"] == found[str(days[2])]["status"] == "cancelled"
    assert utc(found[str(days[1])]) == later
    assert found[str(days[1])]["recurringEventId"] == master["id"]
    assert len(found) == 3


async def test_dates_are_moved_and_deleted_in_google(desk: Desk, google: Google) -> None:
    task_id, master = await daily(desk)
    first = TOMORROW.astimezone(zone("UTC"))
    moved, gone = (f"{master['id']}_{first + timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in (2, 45))
    later = TOMORROW + timedelta(days=2, hours=5)
    google.edit("patch", moved, summary="Long run", start=at(later), end=at(later + timedelta(hours=2)))
    google.edit("delete", gone)

    await desk.sync()
    await desk.sync()

    async with desk.session() as session:
        copy = (await session.execute(sa.select(Task).where(Task.series_id == task_id))).scalar_one()
        closed = sa.text("SELECT instance_date FROM task_instances WHERE status = 'deleted'")
        deleted = list((await session.execute(closed)).scalars())
    assert (copy.title, copy.start_date, copy.duration_minutes) == ("Long run", later, 120)
    assert deleted == [(TOMORROW + timedelta(days=45)).date()]
    assert len(masters(google)) == 1 and len(exceptions(google)) == 2
    await desk.change(copy.id, title="Longer run")
    await desk.sync()
    assert [event["summary"] for event in exceptions(google) if event["status"] != "cancelled"] == ["Longer run"]
    google.edit("delete", moved)
    await desk.sync()
    assert (await desk.task(copy.id)).start_date is None


@pytest.mark.parametrize("spare", [False, True])  # the rest of the series comes last, or first
async def test_this_and_following_in_google_splits_the_task(desk: Desk, google: Google, spare: bool) -> None:
    google.turn(spare=spare)
    task_id, master = await daily(desk)
    cut = TOMORROW + timedelta(days=5)
    until = cut.astimezone(zone("UTC")) - timedelta(seconds=1)
    google.edit("patch", master["id"], recurrence=[f"RRULE:FREQ=DAILY;UNTIL={until:%Y%m%dT%H%M%SZ}"])
    later = cut + timedelta(hours=1)
    google.edit(
        "insert",
        summary="Run later",
        start=at(later),
        end=at(later + timedelta(minutes=30)),
        recurrence=["RRULE:FREQ=DAILY"],
        extendedProperties=master["extendedProperties"],
    )

    await desk.sync()
    await desk.sync()

    async with desk.session() as session:
        rest = (await session.execute(sa.select(Task).where(Task.series_id == task_id))).scalar_one()
    old = await desk.task(task_id)
    assert (old.recurrence_ends, rest.title, rest.start_date) == ((cut - timedelta(days=1)).date(), "Run later", later)
    assert rest.recurrence_ends is None and len(masters(google)) == 2


async def test_a_series_deleted_in_google_ends_here(desk: Desk, google: Google) -> None:
    task_id, master = await daily(desk)
    google.edit("delete", master["id"])
    await desk.sync()
    await desk.sync()
    task = await desk.task(task_id)
    assert (task.recurrence_pattern, task.start_date, task.deleted_at) == (None, None, None)
    assert masters(google) == []


async def test_a_rule_that_tasks_cannot_have_stays_as_it_is_there(desk: Desk, google: Google) -> None:
    task_id, master = await daily(desk)
    google.edit("patch", master["id"], summary="Odd run", recurrence=["RRULE:FREQ=DAILY;BYHOUR=9,15"])
    await desk.sync()
    await desk.change(task_id, title="Odder run")
    await desk.sync()
    assert masters(google)[0]["recurrence"] == ["RRULE:FREQ=DAILY;BYHOUR=9,15"]
    assert masters(google)[0]["summary"] == "Odder run"
    assert (await desk.task(task_id)).recurrence_pattern == "daily"


async def test_dates_that_were_moved_or_deleted_stay_so_when_the_series_moves(desk: Desk, google: Google) -> None:
    """With its new time a series has all its dates again in Google, and none of those that were moved."""
    task_id, master = await daily(desk)
    days = [(TOMORROW + timedelta(days=number)).date() for number in range(6)]
    late = TOMORROW + timedelta(days=2, hours=9)
    async with desk.session() as session:
        await delete_from_series(session, task_id, days[1], Scope.THIS)
    async with desk.session() as session:
        await change_series(session, task_id, days[2], Scope.THIS, {"start_date": late, "start_has_time": True})
    await desk.sync()

    async with desk.session() as session:
        await change_series(session, task_id, days[0], Scope.ALL, {"start_date": TOMORROW + timedelta(hours=2)})
    await desk.sync()
    usual = [TOMORROW + timedelta(days=number, hours=2) for number in (0, 3, 4, 5)]
    assert starts(google) == sorted([*usual, late])

    there = TOMORROW + timedelta(hours=3)
    google.edit("patch", master["id"], start=at(there), end=at(there + timedelta(minutes=30)))
    await desk.sync()
    assert starts(google) == sorted([*(each + timedelta(hours=1) for each in usual), late])


async def test_this_and_following_here_splits_the_event(desk: Desk, google: Google) -> None:
    task_id, _ = await daily(desk)
    cut = TOMORROW + timedelta(days=3)
    later = {"start_date": cut + timedelta(hours=1), "start_has_time": True}
    async with desk.session() as session:
        await change_series(session, task_id, cut.date(), Scope.FOLLOWING, later)

    await desk.sync()

    assert len(masters(google)) == 2
    assert starts(google) == [TOMORROW + timedelta(days=number, hours=number // 3) for number in range(6)]


def starts(google: Google) -> list[datetime]:
    """When each date of the first six days begins."""
    return sorted(utc(event) for event in google.expanded(TOMORROW, TOMORROW + timedelta(days=5, hours=12)))


async def test_a_date_that_goes_there_while_its_series_goes_here_stops_nothing(desk: Desk, google: Google) -> None:
    task_id, master = await daily(desk)
    gone, moved = (
        f"{master['id']}_{TOMORROW.astimezone(zone('UTC')) + timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in (2, 3)
    )
    later = TOMORROW + timedelta(days=3, hours=5)
    google.edit("delete", gone)
    google.edit("patch", moved, start=at(later), end=at(later + timedelta(hours=2)))
    async with desk.session() as session:
        await delete_tasks(session, [task_id])

    await desk.sync()

    assert google.events() == [] and await desk.links() == []


async def test_a_series_keeps_its_hour_when_the_clocks_change(desk: Desk, google: Google) -> None:
    """Summer time begins on 28 March 2027, at two in the morning."""
    friday = datetime(2027, 3, 26, 9, tzinfo=BERLIN)
    task_id = await desk.add("Run", friday, 30, recurrence_pattern="daily")
    await desk.sync()
    (master,) = masters(google)
    shown = google.expanded(friday, friday + timedelta(days=4))
    assert [utc(event).astimezone(BERLIN).hour for event in shown] == [9, 9, 9, 9]
    assert [utc(event).hour for event in shown] == [8, 8, 7, 7]

    sunday = datetime(2027, 3, 28, 9, tzinfo=BERLIN)
    moved = f"{master['id']}_{sunday.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    google.edit("patch", moved, start=at(sunday.replace(hour=11)), end=at(sunday.replace(hour=12)))
    await desk.sync()

    async with desk.session() as session:
        copy = (await session.execute(sa.select(Task).where(Task.series_id == task_id))).scalar_one()
    assert (copy.series_date, copy.start_date, copy.duration_minutes) == (sunday.date(), sunday.replace(hour=11), 60)
