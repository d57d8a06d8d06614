"""What keeps a sync from doing harm: the guard, the token, two workers, the echo of any age."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from buildos_app.calendar.account import Account
from buildos_app.calendar.connect import decide_held
from buildos_app.calendar.jobs import SyncCalendar
from buildos_app.calendar.merge import is_too_much
from buildos_app.calendar.pull import read_changes, save_changes
from buildos_app.calendar.settle import Settler
from buildos_app.calendar.tasks import Pair
from buildos_app.clock import now, zone
from buildos_app.errors import Conflict
from buildos_app.models.calendar import Calendar, CalendarConnection, CalendarLink
from buildos_app.models.project import Task
from buildos_app.projects.tasks import delete_tasks
from tests.calendar.conftest import TOMORROW, Desk
from tests.fixtures.google import Google
from tests.fixtures.jobs import Perform


def test_more_than_half_of_at_least_ten_is_too_much() -> None:
    assert [is_too_much(count, of) for count, of in ((9, 9), (5, 10), (6, 10), (10, 10))] == [False, False, True, True]


async def test_an_event_that_cannot_be_read_stops_nothing() -> None:
    """Whoever may write into a shared calendar could otherwise end its sync."""
    there = Settler(None, uuid4(), uuid4(), zone("Europe/Berlin"), timedelta())  # type: ignore[arg-type]
    pair = Pair(CalendarLink(etag="1"), Task(title="Run", recurrence_pattern="daily"))
    moment = {"dateTime": "9999-12-31T23:59:59-12:00"}
    event = {"id": "x", "etag": "2", "start": moment, "end": moment, "originalStartTime": moment}

    await there.settle(pair, event)
    await there.settle_instance(pair, event)
    await there.adopt(event, Task(title="Run"), "")

    assert (there.changed, pair.link.etag) == (0, "1")


@pytest.mark.parametrize("go_on", [True, False])
async def test_a_sync_that_would_remove_most_waits_for_a_word(desk: Desk, google: Google, go_on: bool) -> None:
    tasks = [await desk.add(f"Task {number:02}", TOMORROW + timedelta(hours=number)) for number in range(10)]
    await desk.sync()
    for event in google.events()[:6]:
        google.edit("delete", event["id"])
    await desk.sync()
    assert all([(await desk.task(each)).start_date for each in tasks])
    held = await desk.calendar()
    assert (held.held["direction"], held.held["count"], held.held["of"]) == ("in", 6, 10)

    async with desk.session() as session:
        await decide_held(session, desk.user_id, held.id, go_on=go_on)
    await desk.sync()
    await desk.sync()

    dated = [each for each in tasks if (await desk.task(each)).start_date]
    assert len(dated) == len(google.events()) == (4 if go_on else 10)
    assert (await desk.calendar()).held == {}


async def test_the_same_for_what_we_would_remove_there(desk: Desk, google: Google) -> None:
    tasks = [await desk.add(f"Task {number:02}", TOMORROW + timedelta(hours=number)) for number in range(10)]
    await desk.sync()
    async with desk.session() as session:
        await delete_tasks(session, tasks[:6])
    await desk.sync()
    held = await desk.calendar()
    assert (held.held["direction"], len(google.events())) == ("out", 10)
    async with desk.session() as session:
        await decide_held(session, desk.user_id, held.id, go_on=True)
    await desk.sync()
    assert len(google.events()) == 4


async def test_an_edit_is_kept_however_soon_after_our_write(desk: Desk, google: Google) -> None:
    """The design's window of five minutes would have swallowed the first two; what is an echo, the content says."""
    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    for number, seconds in enumerate((1, 299, 300, 301), 1):
        async with desk.session() as session:
            await session.execute(sa.update(CalendarLink).values(written_at=now() - timedelta(seconds=seconds)))
        (event,) = google.events()
        await desk.sync()  # an echo, of whatever age
        assert (await desk.task(task_id)).version == number
        google.edit("patch", event["id"], summary=f"Ring Ana {seconds}")

        await desk.sync()

        assert (await desk.task(task_id)).title == f"Ring Ana {seconds}"


async def test_the_token_moves_with_its_changes_or_not_at_all(desk: Desk, google: Google) -> None:
    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    (event,) = google.events()
    google.edit("patch", event["id"], summary="Ring Ana")
    calendar = await desk.calendar()
    async with Account(desk.session, desk.user_id, google.provider) as account:
        changes = await read_changes(desk.session, account, calendar)
    with pytest.raises(RuntimeError):
        async with desk.session() as session:
            await save_changes(session, desk.user_id, calendar, changes, timedelta())
            raise RuntimeError("the worker dies before the commit")
    assert (await desk.calendar()).sync_token == calendar.sync_token
    assert (await desk.task(task_id)).title == "Call Ana"

    async with desk.session() as session:  # one of two workers that read the same changes
        await save_changes(session, desk.user_id, calendar, changes, timedelta())
    with pytest.raises(Conflict):
        async with desk.session() as session:
            await save_changes(session, desk.user_id, calendar, changes, timedelta())
    assert (await desk.task(task_id)).title == "Ring Ana"


async def test_a_token_that_runs_out_in_the_middle_of_the_pages(desk: Desk, google: Google) -> None:
    tasks = [await desk.add(f"Task {number}", TOMORROW + timedelta(hours=number)) for number in range(3)]
    await desk.sync()
    async with desk.session() as session:  # so old that there are two pages since then
        await session.execute(sa.update(Calendar).values(sync_token=""))
    for number in range(6):
        google.edit("insert", summary=f"Foreign {number}", start={"date": "2026-12-01"}, end={"date": "2026-12-02"})
    await desk.sync()
    for event in google.events():
        google.edit("patch", event["id"], summary=f"{event['summary']}!")
    google.turn(largest_page=4)
    google.fail(call="events.list", status=410, reason="fullSyncRequired", after=1)

    await desk.sync()

    assert [(await desk.task(each)).title for each in tasks] == [f"Task {number}!" for number in range(3)]


async def test_disconnecting_stops_revokes_and_removes_what_was_asked_for(
    desk: Desk, google: Google, perform: Perform
) -> None:
    await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    assert google.channels()

    row = await perform(SyncCalendar(disconnect="remove"), calendar=google.provider)

    assert (row.status, google.events(), google.channels()) == ("completed", [], [])
    assert google.calls("revoke")
    async with desk.session() as session:
        assert (await session.execute(sa.select(CalendarConnection))).all() == []
