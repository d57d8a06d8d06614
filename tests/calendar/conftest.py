"""A person whose tasks and whose calendar in the sandbox's Google are connected."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.calendar import connect
from buildos_app.calendar.jobs import SyncCalendar
from buildos_app.clock import zone
from buildos_app.db.session import user_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.calendar import Calendar, CalendarConflict, CalendarLink
from buildos_app.models.project import Task
from buildos_app.models.queue import QueueJob
from buildos_app.ports import Ports
from buildos_app.projects.fields import NewTask
from buildos_app.projects.tasks import change_task, create_task
from buildos_app.queue.job import JobContext, Snooze
from tests.fixtures.google import Google
from tests.fixtures.jobs import Perform

BERLIN = zone("Europe/Berlin")
SESSION = b"s" * 32
CALLBACK = "http://localhost:3000/api/calendar/callback"
TOMORROW = (datetime.now(BERLIN) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


async def connected(user_id: UUID, google: Google) -> str:
    """Connect the person as the routes do; the address of their account."""
    async with user_session(user_id) as session:
        url = await connect.begin(session, user_id, SESSION, google.provider, CALLBACK)
    back = google.consent(url)
    return await connect.finish(
        lambda: user_session(user_id),
        user_id,
        SESSION,
        google.provider,
        state=back["state"],
        code=back["code"],
        redirect_uri=CALLBACK,
    )


def state_of(url: str) -> str:
    """The state in a consent address."""
    return parse_qs(urlsplit(url).query)["state"][0]


class Direct(JobContext):
    """A run without the queue: what the job's transactions are, they are here too."""

    def __init__(self, user_id: UUID, google: Google) -> None:
        self.job_id, self.user_id, self.attempt = uuid4(), user_id, 1
        self.ports = Ports(llm=OfflineEngine(), calendar=google.provider)

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        return user_session(self.user_id)

    async def progress(self, step: int, steps: int, message: str) -> None:
        return None

    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        return None

    async def sync(self, calendar_id: UUID) -> None:
        """One sync, with every run that it wants."""
        for _ in range(4):
            try:
                await SyncCalendar(calendar_id=calendar_id).run(self)
                return
            except Snooze:
                continue


class Desk:
    """Our side: tasks, syncs, and what is in the tables."""

    def __init__(self, user_id: UUID, google: Google, perform: Perform) -> None:
        self.user_id, self.google, self._perform = user_id, google, perform

    def session(self) -> Any:
        return user_session(self.user_id)

    async def calendar(self) -> Calendar:
        async with self.session() as session:
            found: Calendar = (await session.execute(sa.select(Calendar).where(Calendar.is_primary))).scalar_one()
        return found

    async def sync(self, *, expect: str = "completed") -> QueueJob:
        """One run of the job, whatever is waiting; a snoozed one is run once more."""
        job = SyncCalendar(calendar_id=(await self.calendar()).id)
        row = await self._perform(job, calendar=self.google.provider)
        if row.status == "pending":
            async with self.session() as session:
                await session.execute(sa.text("SELECT cancel_queue_job(:id)"), {"id": row.id})
            row = await self._perform(job, calendar=self.google.provider)
        assert row.status == expect, row.error_message
        return row

    async def add(self, title: str, start: datetime | None = None, minutes: int | None = 60, **fields: Any) -> UUID:
        """A task with a time."""
        when = {"start_date": start, "start_has_time": start is not None, "duration_minutes": minutes}
        async with self.session() as session:
            return (await create_task(session, self.user_id, NewTask(title=title, **{**when, **fields}))).id

    async def change(self, task_id: UUID, **changes: Any) -> None:
        async with self.session() as session:
            await change_task(session, task_id, changes)

    async def task(self, task_id: UUID) -> Task:
        async with self.session() as session:
            return (await session.execute(sa.select(Task).where(Task.id == task_id))).scalar_one()

    async def links(self) -> list[CalendarLink]:
        async with self.session() as session:
            return list((await session.execute(sa.select(CalendarLink).order_by(CalendarLink.id))).scalars())

    async def ledger(self) -> list[CalendarConflict]:
        async with self.session() as session:
            return list((await session.execute(sa.select(CalendarConflict).order_by(CalendarConflict.id))).scalars())


def at(moment: datetime) -> dict[str, str]:
    """A start or an end as Google writes it."""
    return {"dateTime": moment.isoformat(), "timeZone": "Europe/Berlin"}


def utc(event: dict[str, Any], name: str = "start") -> datetime:
    return datetime.fromisoformat(event[name]["dateTime"]).astimezone(UTC)


@pytest_asyncio.fixture
async def desk(user_id: UUID, google: Google, perform: Perform) -> Desk:
    """Connected, and synced once."""
    await connected(user_id, google)
    desk = Desk(user_id, google, perform)
    await desk.sync()
    return desk
