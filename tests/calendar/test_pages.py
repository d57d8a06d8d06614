"""What the calendar's pages show and do, in tabs without a browser."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.briefs.content import compose
from buildos_app.briefs.load import load_facts
from buildos_app.briefs.page_text import as_markdown
from buildos_app.calendar.slots import Taken, clashes, find_slots
from buildos_app.clock import now, zone
from buildos_app.db.session import service_session, user_session
from buildos_app.models.calendar import Calendar, CalendarChannel, CalendarConflict
from buildos_app.projects.instances import person_now
from buildos_app.projects.today import read_today
from buildos_app.ui.pages.calendar.layout import Span, lanes
from buildos_app.ui.task_views import task_row_of
from tests.calendar.conftest import TOMORROW, Desk, at
from tests.fixtures.google import Google
from tests.fixtures.tabs import OpenTab

MONDAY = datetime(2026, 11, 23, 8, 10, tzinfo=zone("Europe/Berlin"))


def on(day: int, clock: time) -> datetime:
    return datetime.combine(MONDAY.date() + timedelta(days=day), clock, MONDAY.tzinfo)


def test_free_times_come_with_their_reason_and_days_without_one_with_theirs() -> None:
    taken = [
        Taken(on(0, time(9)), on(0, time(16, 30)), "Workshop"),
        Taken(on(1, time(9, 45)), on(1, time(11)), "Dentist"),
        Taken(on(2, time(8)), on(2, time(18)), "Fair"),
    ]
    slots, refusals = find_slots(taken, 60, WorkingHours(), MONDAY)

    assert [(each.start, each.reason) for each in slots[:2]] == [
        (on(1, time(11)), "free from “Dentist” to the end of the day"),
        (on(3, time(9)), "nothing else that day"),
    ]
    assert {each.day.isoweekday(): each.reason for each in refusals} == {
        1: "the longest free stretch has 30 min",
        3: "fully taken",
        6: "no working day",
        7: "no working day",
    }
    late = MONDAY.replace(hour=18)
    assert find_slots([], 60, WorkingHours(), late)[1][0].reason == "the working day is over"
    assert find_slots([], 600, WorkingHours(), MONDAY)[1][0].reason == "longer than the working day, 9 to 17"


def test_another_of_the_same_name_is_not_free() -> None:
    task = uuid4()
    taken = [Taken(on(0, time(12)), on(0, time(13)), "Lunch"), Taken(on(0, time(12)), on(0, time(13)), "Lunch", task)]
    assert clashes(on(0, time(12)), on(0, time(13)), taken, task) == ["Lunch"]


def test_what_overlaps_stands_side_by_side() -> None:
    assert lanes([Span(0, 60), Span(30, 90), Span(60, 120), Span(200, 230)]) == [(0, 2), (1, 2), (0, 2), (0, 1)]


async def test_a_week_shows_both_sides_and_a_move_reaches_google(desk: Desk, google: Google, open_tab: OpenTab) -> None:
    from buildos_app.ui.pages.calendar.state import CalendarState

    task_id = await desk.add("Call Ana", TOMORROW)
    google.edit("insert", summary="Dentist", start=at(TOMORROW), end=at(TOMORROW + timedelta(hours=1)))
    await desk.sync()
    tab = await open_tab(desk.user_id, path="/calendar")
    await tab.send(CalendarState.load)
    await tab.send(CalendarState.show, {"view": "day"})
    await tab.send(CalendarState.go, {"step": 1})

    (day,) = tab.show(CalendarState, "days")
    blocks = {block.title: block for block in day.blocks}
    assert set(blocks) == {"Call Ana", "Dentist"}
    assert blocks["Call Ana"].clash == "clashes with Dentist"
    form = {"task": str(task_id), "day": day.day, "minutes": str(14 * 60)}
    await tab.send(CalendarState.move, {"form": form})
    await desk.sync()

    moved = next(event for event in google.events() if event["summary"] == "Call Ana")
    assert datetime.fromisoformat(moved["start"]["dateTime"]) == TOMORROW.replace(hour=14)
    await tab.send(CalendarState.nudge, {"row": str(task_id), "minutes": 15})
    assert (await desk.task(task_id)).start_date == TOMORROW.replace(hour=14, minute=15)


async def test_a_clash_is_told_in_the_brief_and_in_the_lists(desk: Desk, google: Google) -> None:
    await desk.add("Call Ana", TOMORROW, None)
    await desk.add("Run", TOMORROW.replace(hour=18) - timedelta(days=1), 30, recurrence_pattern="daily")
    await desk.add("Free", TOMORROW.replace(hour=12))
    for title, hour, minute in (("Dentist", 9, 45), ("Choir", 17, 45)):
        start = TOMORROW.replace(hour=hour, minute=minute)
        google.edit("insert", summary=title, start=at(start), end=at(start + timedelta(hours=1)))
    google.edit("insert", summary="Maybe", start=at(TOMORROW), end=at(TOMORROW), transparency="transparent")
    await desk.sync()

    async with desk.session() as session:
        facts = await load_facts(session, desk.user_id, TOMORROW.date(), "Europe/Berlin")
        today = await read_today(session, await person_now(session))
    clash = {task.title: task.clash for task in facts.tasks}
    assert (clash["Call Ana"], clash["Free"]) == ("Dentist", "")
    text = as_markdown(compose(facts), TOMORROW.date())
    assert "Call Ana (today 09:00, clashes with “Dentist”" in text
    rows = [task_row_of(task, "Europe/Berlin") for task in today.upcoming if task.start_date]
    told = {(row.title, chip.text) for row in rows for chip in row.chips if chip.tone == "warn"}
    assert told == {("Call Ana", "clashes with Dentist"), ("Run", "clashes with Choir")}


async def test_a_task_without_a_time_gets_one_that_is_free(user_id: UUID, open_tab: OpenTab, desk: Desk) -> None:
    from buildos_app.ui.pages.calendar.state import CalendarState

    task_id = await desk.add("Write the offer", None, 90)
    tab = await open_tab(user_id, path="/calendar")
    await tab.send(CalendarState.load)
    await tab.send(CalendarState.find, {"task_id": str(task_id)})
    first = tab.show(CalendarState, "suggestions")[0]
    await tab.send(CalendarState.take, {"start": first.start})

    assert (await desk.task(task_id)).start_date == datetime.fromisoformat(first.start)


async def test_the_other_version_is_one_click_away(desk: Desk, google: Google, open_tab: OpenTab) -> None:
    from buildos_app.ui.pages.calendar.changes import CalendarChangesState

    task_id = await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    (event,) = google.events()
    await desk.change(task_id, title="Ours")
    google.edit("patch", event["id"], summary="Theirs")
    await desk.sync()
    tab = await open_tab(desk.user_id, path="/calendar/changes")
    await tab.send(CalendarChangesState.load)
    (row,) = tab.show(CalendarChangesState, "rows")
    assert (row.title, row.ours_holds, row.ours.split(",")[0]) == ("Ours", False, "“Ours”")

    await tab.send(CalendarChangesState.take, {"conflict_id": row.id})
    await desk.sync()

    assert [each["summary"] for each in google.events()] == ["Ours"]
    async with user_session(desk.user_id) as session:
        entry = await session.get(CalendarConflict, UUID(row.id))
    assert entry is not None and entry.winner == "ours" and entry.taken_at is not None


async def test_the_settings_tell_how_it_is(desk: Desk, google: Google, open_tab: OpenTab) -> None:
    from buildos_app.ui.pages.settings.calendar.state import CalendarSettingsState

    tab = await open_tab(desk.user_id, path="/settings/calendar")
    await tab.send(CalendarSettingsState.load)
    assert tab.show(CalendarSettingsState, "status") == "connected"
    assert tab.show(CalendarSettingsState, "pushes") is True
    async with service_session("test") as session:
        other = Calendar(user_id=desk.user_id, remote_id="other", name="Other", is_chosen=True)
        session.add(other)
    await tab.send(CalendarSettingsState.refresh)
    assert tab.show(CalendarSettingsState, "pushes") is False, "one of two calendars has no channel"
    async with service_session("test") as session:
        await session.execute(sa.delete(Calendar).where(Calendar.id == other.id))
    await tab.send(CalendarSettingsState.refresh)
    assert tab.show(CalendarSettingsState, "pushes") is True
    async with service_session("test") as session:
        await session.execute(sa.update(CalendarChannel).values(expires_at=now()))
    await tab.send(CalendarSettingsState.refresh)
    assert tab.show(CalendarSettingsState, "pushes") is False
    (row,) = tab.show(CalendarSettingsState, "calendars")
    assert (row.chosen, row.detail) == (True, "main calendar · synced just now")
    await tab.send(CalendarSettingsState.turn_feed, {"on": True})
    assert "/api/calendar/feed/" in tab.show(CalendarSettingsState, "feed")
    google.turn(revoke=True)
    await desk.sync()
    await tab.send(CalendarSettingsState.load)
    assert tab.show(CalendarSettingsState, "status") == "revoked"
    assert "ya29" not in tab.received
    await tab.send(CalendarSettingsState.disconnect, {"remove": False})
    assert tab.show(CalendarSettingsState, "status") == "ending"
