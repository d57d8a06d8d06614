"""Random histories of repetitions on both sides, with faults: what a person sees of each day ends up the same.

HISTORIES=1000 runs as many (`make calendar-histories`); CI runs a few.
"""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from buildos_app.calendar.agenda import read_agenda
from buildos_app.db.session import user_session
from buildos_app.errors import UserError
from buildos_app.models.project import Task
from buildos_app.projects.fields import NewTask
from buildos_app.projects.queries import VISIBLE, TaskView
from buildos_app.projects.series import Scope, change_series, delete_from_series
from buildos_app.projects.tasks import change_task, complete, create_task, delete_tasks
from tests.calendar.conftest import BERLIN, TOMORROW, at
from tests.calendar.test_histories import FAULTS, HISTORIES, History, begin, mark
from tests.fixtures.google import Google

DAYS = 12
OURS = ("rename", "move all", "later rule", "move one", "delete one", "finish one", "split", "end", "delete")
THEIRS = ("their rename", "their move", "their move of one", "their deletion of one", "their deletion")
_KINDS = ["add", *OURS, *THEIRS, *FAULTS, *["sync"] * 6]
STEPS = st.tuples(st.sampled_from(_KINDS), st.integers(0, 3), st.integers(0, DAYS - 3), st.integers(0, 9))
Seen = tuple[str, str, int]


class SeriesHistory(History):
    """The same for repeating tasks; `day` counts from tomorrow."""

    async def step(self, name: str, which: int, day: int, amount: int) -> None:
        if name == "sync":
            await self.sync()
        elif name in FAULTS:
            self.fault(name)
        elif name == "add":
            await self.add_series(day % 3, amount)
        elif name in THEIRS:
            with suppress(IndexError, ZeroDivisionError):
                self.theirs_of(name, which, day, amount)
        else:
            with suppress(UserError):
                await self.ours_of(name, which, day, amount)

    async def add_series(self, day: int, amount: int) -> None:
        has_time, pattern = amount < 7, "weekdays" if amount % 3 == 2 else "daily"
        new = NewTask(
            title=self.new_title(),
            start_date=TOMORROW + timedelta(days=day),
            start_has_time=has_time,
            duration_minutes=30 if has_time else None,
            recurrence_pattern=pattern,
        )
        async with user_session(self.user_id) as session:
            await create_task(session, self.user_id, new)

    async def ours_of(self, name: str, which: int, day: int, amount: int) -> None:
        on = (TOMORROW + timedelta(days=day)).date()
        async with user_session(self.user_id) as session:
            found = sa.select(Task).where(Task.recurrence_pattern.is_not(None), *VISIBLE).order_by(Task.id)
            series = list((await session.execute(found)).scalars())
            if not series:
                return
            task = series[which % len(series)]
            start = datetime.combine(on, TOMORROW.time(), BERLIN) + timedelta(minutes=15 * amount)
            moved = {"start_date": start, "start_has_time": True, "duration_minutes": 45}
            match name:
                case "rename":
                    await change_task(session, task.id, {"title": self.new_title()})
                case "move all":
                    await change_series(session, task.id, on, Scope.ALL, moved)
                case "later rule":
                    await change_task(session, task.id, {"recurrence_pattern": "weekdays" if amount % 2 else "daily"})
                case "move one":
                    await change_series(session, task.id, on, Scope.THIS, moved)
                case "delete one":
                    await delete_from_series(session, task.id, on, Scope.THIS)
                case "finish one":
                    await complete(session, task.id, on=on)
                case "split":
                    await change_series(session, task.id, on, Scope.FOLLOWING, {"title": self.new_title(), **moved})
                case "end":
                    await change_task(session, task.id, {"recurrence_ends": on})
                case "delete":
                    await delete_tasks(session, [task.id])

    def theirs_of(self, name: str, which: int, day: int, amount: int) -> None:
        series = [event for event in self.google.events() if event.get("recurrence") and mark(event)]
        event = series[which % len(series)]
        if name == "their rename":
            self.google.edit("patch", event["id"], summary=self.new_title())
        elif name == "their deletion":
            self.google.edit("delete", event["id"])
        elif "date" in event["start"]:
            return
        elif name == "their move":
            start = begins(event) + timedelta(minutes=15 * amount)
            self.google.edit("patch", event["id"], start=at(start), end=at(start + timedelta(minutes=50)))
        else:
            first = begins(event)
            there = datetime.combine(first.date() + timedelta(days=day), first.time(), BERLIN).astimezone(UTC)
            one = f"{event['id']}_{there:%Y%m%dT%H%M%SZ}"
            if one not in {each["id"] for each in self.google.expanded(TOMORROW, TOMORROW + timedelta(days=DAYS))}:
                return
            if name == "their deletion of one":
                self.google.edit("delete", one)
            else:
                start = there + timedelta(minutes=20 + amount)
                self.google.edit("patch", one, start=at(start), end=at(start + timedelta(minutes=25)))

    async def check_days(self) -> None:
        """Every day looks the same on both sides, from the day after tomorrow on."""
        first = TOMORROW.date() + timedelta(days=1)
        after = datetime.combine(first, datetime.min.time(), BERLIN)
        async with user_session(self.user_id) as session:
            agenda = await read_agenda(session, self.user_id, first, DAYS)
        events = self.google.expanded(after, after + timedelta(days=DAYS))
        ours = Counter(seen(each) for each in agenda.tasks if not each.is_done)
        theirs = Counter(seen_there(each) for each in events)
        assert (ours - theirs, theirs - ours) == (Counter(), Counter()), "only here, only there"


def begins(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["start"]["dateTime"]).astimezone(BERLIN)


def seen(task: TaskView) -> Seen:
    assert task.start_date is not None
    local = task.start_date.astimezone(BERLIN)
    if not task.start_has_time:
        return task.title, str(local.date()), 24 * 60
    return task.title, local.isoformat(), task.duration_minutes or 60


def seen_there(event: dict[str, Any]) -> Seen:
    if "date" in event["start"]:
        return event["summary"], event["start"]["date"], 24 * 60
    minutes = (datetime.fromisoformat(event["end"]["dateTime"]) - begins(event)).total_seconds() // 60
    return event["summary"], begins(event).isoformat(), int(minutes)


@pytest.mark.usefixtures("database")
@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a history takes longer than to read it
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
@given(steps=st.lists(STEPS, min_size=4, max_size=20))
async def test_every_day_looks_the_same_on_both_sides(google: Google, steps: list[tuple[str, int, int, int]]) -> None:
    user_id, calendar_id = await begin(google)
    history = SeriesHistory(user_id, google, calendar_id)
    await history.add_series(0, 0)
    for step in steps:
        await history.step(*step)
    google.clear_faults()
    await history.sync()
    await history.sync()
    await history.check_days()
