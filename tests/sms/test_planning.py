"""What is sent and when: the planner, the texts of a day, a brief that is ready, and jobs that were lost."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.briefs.jobs import GenerateDailyBrief
from buildos_app.calendar.texts import CalendarEvents
from buildos_app.clock import local_now, now
from buildos_app.db.session import service_session, user_session
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.projects.fields import NewTask
from buildos_app.projects.queries import TaskView
from buildos_app.projects.tasks import change_task, complete, create_task
from buildos_app.projects.today import TodayView
from buildos_app.sms import events
from buildos_app.sms.composing import NothingToSay, compose, kickoff, recap
from buildos_app.sms.eligibility import Standing
from buildos_app.sms.events import EventFact
from buildos_app.sms.kinds import Kind
from buildos_app.sms.planning import DueTask, plan_texts
from buildos_app.sms.preferences import Chosen
from buildos_app.sms.tick import pick_up_lost, plan_due_texts, write_down
from tests.fixtures.jobs import Perform
from tests.fixtures.phone import Twilio
from tests.sms.people import ALL_ON, give_phone, job_of, later, queue, row_of, run, the_rows, wish

NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)  # 12:00 in Berlin
MIRA = UUID(int=1)
REMINDERS = replace(ALL_ON, morning_kickoff=False, evening_recap=False)
"""What comes at an hour of the day would come, or not, by the hour at which the tests run."""
WANTS = Standing(
    number="+4915112345678",
    is_verified=True,
    timezone="Europe/Berlin",
    wanted=frozenset(Kind) - {Kind.WELCOME},
    kickoff_time=time(12, 20),
    recap_time=time(20),
)


def a_task(minutes: int, priority: str = "medium", on: date | None = None) -> DueTask:
    return DueTask(UUID(int=7), MIRA, "Order timber", priority, on, NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("minutes", "priority", "kind", "ahead"),
    [
        (40, "medium", Kind.TASK_REMINDER, 15),
        (45, "medium", Kind.TASK_REMINDER, 15),
        (10, "medium", Kind.TASK_REMINDER, 15),
        (46, "medium", None, 0),
        (0, "medium", None, 0),
        (85, "high", Kind.URGENT, 60),
        (91, "high", None, 0),
    ],
)
def test_one_text_per_task(minutes: int, priority: str, kind: Kind | None, ahead: int) -> None:
    planned = [text for text in plan_texts({MIRA: WANTS}, [a_task(minutes, priority)], [], NOON) if text.subject]
    assert [text.kind for text in planned] == ([kind] if kind else [])
    assert [text.moment for text in planned] == [NOON + timedelta(minutes=minutes - ahead) for _ in planned]


def test_high_priority_without_urgent_alerts_is_a_reminder() -> None:
    calm = replace(WANTS, wanted=WANTS.wanted - {Kind.URGENT})
    [text] = [text for text in plan_texts({MIRA: calm}, [a_task(20, "high")], [], NOON) if text.subject]
    assert text.kind is Kind.TASK_REMINDER


def test_morning_and_evening_by_the_persons_clock() -> None:
    """Once a day of their calendar; also a little late, and never hours late."""
    keys = [(text.key, text.moment) for text in plan_texts({MIRA: WANTS}, [], [], NOON)]
    assert keys == [("morning_kickoff:2026-11-25", NOON + timedelta(minutes=20))]
    assert plan_texts({MIRA: WANTS}, [], [], NOON + timedelta(minutes=51)) == []
    tokyo = replace(WANTS, timezone="Asia/Tokyo", recap_time=time(20, 10))
    assert [text.key for text in plan_texts({MIRA: tokyo}, [], [], NOON)] == ["evening_recap:2026-11-25"]


def test_events_are_told_ahead_and_not_when_they_have_begun() -> None:
    soon, begun = (EventFact(MIRA, key, "Call", NOON + timedelta(minutes=m)) for key, m in (("a", 30), ("b", -1)))
    [text] = [text for text in plan_texts({MIRA: WANTS}, [], [soon, begun], NOON) if text.subject]
    assert (text.kind, text.moment) == (Kind.EVENT_REMINDER, NOON + timedelta(minutes=15))
    assert text.not_after == soon.starts_at


def test_the_earliest_come_first_and_strangers_not_at_all() -> None:
    stranger = replace(a_task(20), user_id=UUID(int=2))
    late, sooner = a_task(44), replace(a_task(20), id=UUID(int=8))
    planned = [text for text in plan_texts({MIRA: WANTS}, [late, stranger, sooner], [], NOON) if text.subject]
    assert [text.subject["task_id"] for text in planned] == [str(UUID(int=8)), str(UUID(int=7))]


# With a database


@pytest.fixture
async def mira(user_id: UUID) -> UUID:
    await give_phone(user_id, chosen=REMINDERS)
    return user_id


async def a_due_task(user_id: UUID, minutes: int, **more: Any) -> UUID:
    due = now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    async with user_session(user_id) as session:
        wish = NewTask(title="Order timber", due_date=due, due_has_time=True, **more)
        return (await create_task(session, user_id, wish)).id


async def plan(at: datetime | None = None) -> int:
    async with service_session("test") as session:
        return await write_down(session, at or now())


async def sent_by(perform: Perform, sms: TwilioSender) -> str:
    [row] = [row for row in await the_rows() if row.status in ("pending", "scheduled")]
    await later()
    await perform(job_of(row.id), sms=sms)
    return (await row_of(row.id)).content


async def test_a_task_is_texted_once(mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio) -> None:
    await a_due_task(mira, 20)
    assert [await plan(), await plan()] == [1, 0]
    assert (await sent_by(perform, sms)).startswith("Order timber: due in ")
    assert await plan() == 0
    assert len(twilio.sent()) == 1


async def test_every_worker_wakes_the_tick_and_one_plans(mira: UUID) -> None:
    await a_due_task(mira, 20)
    await plan_due_texts()
    await run("DELETE FROM sms_messages")
    await plan_due_texts()
    assert await the_rows() == []


@pytest.mark.parametrize("what", ["done", "deleted", "moved"])
async def test_trap_89_what_changed_meanwhile_is_not_texted(
    what: str, mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    """A task that moved gets a text for its new time, and the old one says why it was not sent."""
    task_id = await a_due_task(mira, 20)
    await plan()
    async with user_session(mira) as session:
        if what == "done":
            await complete(session, task_id)
        elif what == "moved":
            await change_task(session, task_id, {"due_date": now() + timedelta(minutes=40)})
        else:
            await session.execute(sa.text("UPDATE tasks SET deleted_at = now()"))
    [row] = await the_rows()
    await later()
    await perform(job_of(row.id), sms=sms)

    row = await row_of(row.id)
    assert (row.status, twilio.sent()) == ("cancelled", [])
    assert row.reason == (
        "It was moved to another time." if what == "moved" else "The task was done or removed meanwhile."
    )
    assert await plan() == (1 if what == "moved" else 0)


async def test_a_repetition_is_texted_by_its_dates(mira: UUID, perform: Perform, sms: TwilioSender) -> None:
    here = local_now("Europe/Berlin") + timedelta(minutes=20)
    async with user_session(mira) as session:
        start = here.replace(second=0, microsecond=0) - timedelta(days=2)
        wish = NewTask(title="Water the beds", recurrence_pattern="daily", start_date=start, start_has_time=True)
        task_id = (await create_task(session, mira, wish)).id
        await session.execute(
            sa.text(
                "INSERT INTO task_instances (user_id, task_id, instance_date) VALUES (:user, :task, :day)"
                " ON CONFLICT DO NOTHING"
            ),
            {"user": mira, "task": task_id, "day": here.date()},
        )
    assert await plan() == 1
    assert (await sent_by(perform, sms)).startswith("Water the beds: due in ")


async def test_nobody_without_a_phone_or_a_wish_is_planned_for(user_id: UUID) -> None:
    await a_due_task(user_id, 20)
    assert await plan() == 0
    await give_phone(user_id, chosen=Chosen())
    assert await plan() == 0
    await wish(user_id, REMINDERS)
    await run("UPDATE users SET access_restricted = true")
    assert await plan() == 0
    await run("UPDATE users SET access_restricted = false")
    assert await plan() == 1


class OneEvent:
    """A calendar with one event."""

    def __init__(self, event: EventFact | None) -> None:
        self.event = event

    async def starting(self, session: AsyncSession, begin: datetime, end: datetime) -> list[EventFact]:
        return [self.event] if self.event and begin <= self.event.starts_at < end else []

    async def find(self, session: AsyncSession, key: str) -> EventFact | None:
        return self.event


async def test_events_come_by_the_port(
    mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moved event is texted for its new time, a removed one not at all."""
    start = now() + timedelta(minutes=25)
    calendar = OneEvent(
        EventFact(mira, str(uuid4()), "Stand-up", start, place="Room 4", link="https://meet.example.org/x")
    )
    monkeypatch.setattr(events, "SOURCES", [calendar])
    monkeypatch.setattr("buildos_app.sms.tick.SOURCES", [calendar])
    assert await plan() == 1
    first = (await the_rows())[0]
    calendar.event = replace(calendar.event, starts_at=start + timedelta(minutes=5))  # type: ignore[type-var]
    assert await plan() == 1
    for row in await the_rows():
        await later()
        await perform(job_of(row.id), sms=sms)
    assert (await row_of(first.id)).reason == "It was moved to another time."
    [kept] = twilio.sent()
    assert "Stand-up: starts in 30 minutes" in kept["body"] and "At Room 4. https://meet.example.org/x" in kept["body"]
    assert "Takes" not in kept["body"]
    await run("DELETE FROM sms_messages")
    await plan()
    calendar.event = None
    [row] = await the_rows()
    await later()
    await perform(job_of(row.id), sms=sms)
    assert (await row_of(row.id)).reason == "The event was removed meanwhile."


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Stand-up", "Stand-up: starts in 25 minutes (.*). Takes 1h 30m."),
        ("Overdue items", "Overdue items: starts in 25 minutes (.*). Takes 1h 30m."),
        ("Submit the report", "Submit the report: due in 25 minutes (.*)."),
    ],
)
async def test_a_meeting_takes_time_and_a_deadline_is_due(
    title: str, text: str, mira: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = now() + timedelta(minutes=25)
    event = EventFact(mira, "a", title, start, ends_at=start + timedelta(minutes=90))
    monkeypatch.setattr(events, "SOURCES", [OneEvent(event)])
    async with user_session(mira) as session:
        facts = {"event": "a", "moment": start.isoformat()}
        composed = await compose(session, Kind.EVENT_REMINDER, facts, WANTS, now())
    assert re.fullmatch(text, str(composed))


async def test_a_brief_that_is_ready_is_texted_with_it(
    mira: UUID, perform: Perform, sms: TwilioSender, twilio: Twilio
) -> None:
    """In the transaction that makes it whole; made again, it is no news."""
    await a_due_task(mira, 240)
    brief = GenerateDailyBrief(brief_date=local_now("Europe/Berlin").date(), timezone="Europe/Berlin")
    await perform(brief)
    await perform(brief.model_copy(update={"force_regenerate": True}))
    assert "Your brief is ready: " in await sent_by(perform, sms)
    assert len(await the_rows()) == 1


def a_view(title: str, *, done: bool = False, moment: datetime | None = NOON) -> TaskView:
    return TaskView(**{**_BLANK, "title": title, "status": "done" if done else "backlog", "due_date": moment})


_BLANK: dict[str, Any] = dict.fromkeys(TaskView.__dataclass_fields__)


def test_the_texts_of_a_day() -> None:
    local = NOON.astimezone(local_now("Europe/Berlin").tzinfo)
    day = TodayView(
        past_due=[a_view("Return books")],
        past_due_count=1,
        today=[a_view("Order timber"), a_view("Call Jonas", done=True)],
        upcoming=[a_view("Later", moment=NOON + timedelta(days=1))],
        without_a_date=[],
    )
    assert kickoff(day) == "Good morning. Today: 1 task planned, 1 overdue. First: Order timber."
    assert recap(day, local) == "Today: 1 done, 1 left. Still open: Order timber. Tomorrow: Later."
    nothing = TodayView(past_due=[], past_due_count=0, today=[], upcoming=[], without_a_date=[])
    assert isinstance(kickoff(nothing), NothingToSay) and isinstance(recap(nothing, local), NothingToSay)


async def test_a_message_whose_job_is_lost_gets_another(mira: UUID, perform: Perform, sms: TwilioSender) -> None:
    """What a worker left that died three times goes out; what its person cancelled on the Jobs page does not."""
    lost, cancelled, fresh = [await queue(mira, text) for text in ("a", "b", "c")]
    await run("UPDATE queue_jobs SET status = 'cancelled' WHERE metadata ->> 'message_id' = :id", id=str(cancelled))
    await run("DELETE FROM queue_jobs WHERE metadata ->> 'message_id' = :id", id=str(lost))
    old = "UPDATE sms_messages SET scheduled_for = now() - interval '1 hour', updated_at = now() - interval '1 hour'"
    await run(old)
    async with service_session("test") as session:
        assert await pick_up_lost(session) == 2
    assert (await row_of(cancelled)).reason == "You cancelled it."
    assert (await row_of(fresh)).status == "pending"
    async with service_session("test") as session:
        live = await session.execute(
            sa.text("SELECT metadata ->> 'message_id' FROM queue_jobs WHERE status = 'pending'")
        )
        assert set(live.scalars()) == {str(lost), str(fresh)}


async def test_events_of_a_linked_calendar_are_a_source(mira: UUID) -> None:
    """Timed and busy ones, without all-day events and without those that a task made."""
    calendar_id, start = uuid4(), now() + timedelta(minutes=20)
    await run(
        "INSERT INTO calendars (id, user_id, remote_id, is_chosen) VALUES (:id, :user, 'main', true)",
        id=calendar_id,
        user=mira,
    )
    for event_id, is_all_day, is_busy in (
        ("a", False, True),
        ("b", True, True),
        ("c", False, False),
        ("d", False, True),
    ):
        await run(
            "INSERT INTO calendar_events"
            " (user_id, calendar_id, event_id, title, starts_at, ends_at, is_all_day, is_busy, place, meeting)"
            " VALUES (:user, :calendar, :event, 'Stand-up', :start, :start, :all_day, :busy, 'Room 4', 'https://m')",
            user=mira,
            calendar=calendar_id,
            event=event_id,
            start=start,
            all_day=is_all_day,
            busy=is_busy,
        )
    task_id = await a_due_task(mira, 500)
    await run(
        "INSERT INTO calendar_links (user_id, calendar_id, task_id, event_id) VALUES (:user, :calendar, :task, 'd')",
        user=mira,
        calendar=calendar_id,
        task=task_id,
    )
    source = CalendarEvents()
    async with service_session("test") as session:
        [found] = await source.starting(session, now(), now() + timedelta(hours=1))
    async with user_session(mira) as session:
        assert await source.find(session, found.key) == found
        assert await source.find(session, f"{calendar_id}/gone") is None
    assert found == EventFact(mira, f"{calendar_id}/a", "Stand-up", start, "Room 4", "https://m", start)
