"""Random histories of edits on both sides, with faults in between: both sides end equal, nothing doubled, nothing lost.

HISTORIES=1000 runs as many (`make calendar-histories`); CI runs a few.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildos_app.db.session import service_session, user_session
from buildos_app.errors import ServiceUnavailable
from buildos_app.models.calendar import CalendarConflict, CalendarConnection
from buildos_app.models.project import Task
from buildos_app.projects.fields import NewTask
from buildos_app.projects.queries import VISIBLE
from buildos_app.projects.tasks import change_task, complete, create_task, delete_tasks
from tests.calendar.conftest import TOMORROW, Direct, at, connected
from tests.fixtures.database import make_user
from tests.fixtures.google import Google

HISTORIES = int(os.environ.get("HISTORIES", "6"))
_people = count(1)

OURS = ("add", "rename", "move", "finish", "delete", "unschedule")
THEIRS = ("their rename", "their move", "their delete", "their own")
FAULTS = ("lost insert", "lost patch", "lost delete", "busy", "limited", "old token", "old access", "wide gap")
_KINDS = [*OURS, *THEIRS, *FAULTS, *["sync"] * 5, "add"]
STEPS = st.tuples(st.sampled_from(_KINDS), st.integers(0, 5), st.integers(0, 40))


@dataclass
class History:
    """One person, both sides, and who said what last."""

    user_id: UUID
    google: Google
    calendar_id: UUID
    tasks: list[UUID] = field(default_factory=list)
    titles: dict[UUID, str] = field(default_factory=dict)
    ended: set[UUID] = field(default_factory=set)
    named_there: set[UUID] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    number: int = 0

    def new_title(self) -> str:
        self.number += 1
        return f"Title {self.number}"

    async def do(self, step: tuple[str, int, int]) -> None:
        name, which, amount = step
        if name == "sync":
            await self.sync()
        elif name in FAULTS:
            self.fault(name)
        elif name == "their own":
            start = TOMORROW + timedelta(hours=amount)
            made = self.google.edit("insert", summary="Theirs", start=at(start), end=at(start + timedelta(hours=1)))
            self.strangers.add(made["id"])
        elif name == "add":
            await self.add(TOMORROW + timedelta(hours=amount))
        elif self.tasks:
            task_id = self.tasks[which % len(self.tasks)]
            await (self.theirs if name in THEIRS else self.ours)(name, task_id, amount)

    async def add(self, start: Any) -> None:
        title = self.new_title()
        new = NewTask(title=title, start_date=start, start_has_time=True, duration_minutes=30)
        async with user_session(self.user_id) as session:
            task = await create_task(session, self.user_id, new)
        self.tasks.append(task.id)
        self.titles[task.id] = title

    async def ours(self, name: str, task_id: UUID, amount: int) -> None:
        if task_id in self.ended:
            return
        async with user_session(self.user_id) as session:
            alive = await session.execute(sa.select(Task.id).where(Task.id == task_id, *VISIBLE))
            if alive.scalar_one_or_none() is None:
                return
            match name:
                case "rename":
                    self.titles[task_id] = self.new_title()
                    self.named_there.discard(task_id)
                    await change_task(session, task_id, {"title": self.titles[task_id]})
                case "move":
                    start = TOMORROW + timedelta(hours=amount, minutes=15)
                    await change_task(session, task_id, {"start_date": start, "start_has_time": True})
                case "finish":
                    self.ended.add(task_id)
                    await complete(session, task_id)
                case "delete":
                    await delete_tasks(session, [task_id])
                case "unschedule":
                    await change_task(session, task_id, {"start_date": None, "start_has_time": False})

    async def theirs(self, name: str, task_id: UUID, amount: int) -> None:
        events = [each for each in self.google.events() if mark(each) == str(task_id)]
        if not events:
            return
        event_id = events[0]["id"]
        if name == "their delete":
            if task_id in self.named_there:  # a tombstone has no title: what they called it last went with the event
                self.titles.pop(task_id, None)
            self.google.edit("delete", event_id)
        elif name == "their rename":
            title = self.new_title()
            if task_id not in self.ended:
                self.titles[task_id] = title
                self.named_there.add(task_id)
            self.google.edit("patch", event_id, summary=title)
        else:
            start = TOMORROW + timedelta(hours=amount, minutes=45)
            self.google.edit("patch", event_id, start=at(start), end=at(start + timedelta(minutes=50)))

    def fault(self, name: str) -> None:
        match name:
            case "lost insert" | "lost patch" | "lost delete":
                self.google.fail(call=f"events.{name.split()[1]}", kind="lost")
            case "busy":
                self.google.fail(status=503, times=2, after=1)
            case "limited":
                self.google.fail(status=403, reason="rateLimitExceeded", times=9)
            case "wide gap":
                self.google.fail(kind="dropped", after=2)
            case "old token":
                self.google.turn(expire_sync_tokens=True)
            case "old access":
                self.google.turn(expire_access_tokens=True)

    async def sync(self) -> None:
        with suppress(ServiceUnavailable):  # the queue would try again later
            await Direct(self.user_id, self.google).sync(self.calendar_id)

    async def check(self) -> None:
        """Equal, none doubled, none lost."""
        async with user_session(self.user_id) as session:
            open_tasks = sa.select(Task).where(Task.status != "done", Task.start_date.is_not(None), *VISIBLE)
            tasks = {str(task.id): task for task in (await session.execute(open_tasks)).scalars()}
            everything = {task.id: task for task in (await session.execute(sa.select(Task))).scalars()}
            kept = list((await session.execute(sa.select(CalendarConflict))).scalars())
        events = self.google.events()
        ours = [event for event in events if mark(event)]
        assert sorted(mark(event) for event in ours) == sorted(tasks)
        for event in ours:
            task = tasks[mark(event)]
            start, end = (at_moment(event, name) for name in ("start", "end"))
            minutes = (end - start).total_seconds() / 60
            assert (event["summary"], start, minutes) == (task.title, task.start_date, task.duration_minutes or 60)
        assert {event["id"] for event in events if not mark(event)} == self.strangers
        ledger = {side.get("title") for row in kept for side in (row.ours, row.theirs)}
        for task_id, title in self.titles.items():
            assert everything[task_id].title == title or title in ledger, (title, everything[task_id].title)


def mark(event: dict[str, Any]) -> str:
    return str(event.get("extendedProperties", {}).get("private", {}).get("buildosTask", ""))


def at_moment(event: dict[str, Any], name: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(event[name]["dateTime"])


async def begin(google: Google) -> tuple[UUID, UUID]:
    """A new person with a new, connected calendar: their ids. Every other one meets a Google that says no more than it
    has promised."""
    person = next(_people)
    google.reset()
    google.email = f"person{person}@gmail.example"
    google.turn(time_zone="Europe/Berlin", spare=person % 2 == 0)
    user_id = await make_user(f"person{person}@example.org")
    await connected(user_id, google)
    async with service_session("test") as session:
        query = sa.text("SELECT id FROM calendars WHERE user_id = :user AND is_primary")
        calendar_id = (await session.execute(query, {"user": user_id})).scalar_one()
    return user_id, calendar_id


@pytest.mark.usefixtures("database")
@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
@given(steps=st.lists(STEPS, min_size=4, max_size=24))
async def test_every_history_ends_with_both_sides_equal(google: Google, steps: list[tuple[str, int, int]]) -> None:
    user_id, calendar_id = await begin(google)
    history = History(user_id, google, calendar_id)
    for step in steps:
        await history.do(step)
    google.clear_faults()
    await history.sync()
    await history.sync()
    await history.check()
    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(CalendarConnection.status))).scalar_one() == "connected"
