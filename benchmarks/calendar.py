"""Syncs of a calendar with 1,000 and with 5,000 events that are not ours, and 200 events of tasks among them.

`.venv/bin/python -m benchmarks.calendar` starts a PostgreSQL and a sandbox of its own. For each sync it prints the
listings, the other calls to the calendar, the statements to the database and the seconds.
"""

import statistics
import sys
import time
from datetime import timedelta
from uuid import UUID

import httpx2
import sqlalchemy as sa

from benchmarks.alone import run_alone
from buildos_app.api.routes import routes
from buildos_app.calendar.agenda import read_agenda
from buildos_app.calendar.channels import WEBHOOK, channel_token
from buildos_app.clock import now
from buildos_app.db.session import user_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.calendar import Calendar, CalendarChannel
from buildos_app.models.queue import QueueJob
from buildos_app.ports import Ports
from buildos_app.projects.fields import NewTask
from buildos_app.projects.tasks import create_task
from tests.calendar.conftest import Direct, at, connected
from tests.calendar.test_sync import statements
from tests.fixtures.database import make_user
from tests.fixtures.google import Google
from tests.fixtures.processes import Process, free_port

EVENTS, TASKS, CHANGED, STORM = (1_000, 5_000), 200, 100, 500


class Watched:
    """Counts what a sync asks of the database and of the calendar."""

    def __init__(self, user_id: UUID, google: Google, calendar_id: UUID) -> None:
        self.user_id, self.google, self.calendar_id = user_id, google, calendar_id

    async def sync(self, title: str) -> None:
        """One sync, with every run that it wants."""
        before = len(self.google.calls())
        with statements() as sent:
            began = time.perf_counter()
            await Direct(self.user_id, self.google).sync(self.calendar_id)
            seconds = time.perf_counter() - began
        calls = self.google.calls()[before:]
        lists = sum(each["call"] == "events.list" for each in calls)
        sys.stdout.write(f"{title:<54}{lists:>9}{len(calls) - lists:>7}{len(sent):>12}{seconds:>9.2f}\n")


async def measure(google: Google, events: int) -> None:
    """Every kind of sync for one person."""
    google.email = f"p{events}@gmail.example"
    google.turn(time_zone="Europe/Berlin", push="lost")
    for number in range(events):
        start = now() + timedelta(minutes=30 * number)
        google.edit("insert", summary=f"Event {number}", start=at(start), end=at(start + timedelta(minutes=30)))
    user_id = await make_user(f"p{events}@bench.example")
    await connected(user_id, google)
    async with user_session(user_id) as session:
        calendar_id = (await session.execute(sa.select(Calendar.id).where(Calendar.is_primary))).scalar_one()
    watched = Watched(user_id, google, calendar_id)
    await watched.sync(f"{events:,} events: the first sync")
    await watched.sync("  nothing changed")
    for event in google.events()[:CHANGED]:
        google.edit("patch", event["id"], summary="Changed")
    await watched.sync(f"  {CHANGED} of them changed")
    async with user_session(user_id) as session:
        for number in range(TASKS):
            start = now() + timedelta(hours=number + 1)
            new = NewTask(title=f"Task {number}", start_date=start, start_has_time=True, duration_minutes=30)
            await create_task(session, user_id, new)
    await watched.sync(f"  {TASKS} tasks get their events")
    ours = [event for event in google.events() if event["summary"].startswith("Task")]
    for event in ours[:CHANGED]:
        google.edit("patch", event["id"], summary=f"{event['summary']}!")
    await watched.sync(f"  {CHANGED} events of tasks changed there")
    google.turn(expire_sync_tokens=True)
    await watched.sync("  the token ran out")
    await look(user_id)
    await storm(google, user_id)


async def storm(google: Google, user_id: UUID) -> None:
    """How long a push is held, and how many jobs a storm of them adds."""
    async with user_session(user_id) as session:
        channel = (await session.execute(sa.select(CalendarChannel))).scalar_one()
    headers = {
        "x-goog-channel-id": channel.channel_id,
        "x-goog-channel-token": channel_token(channel.channel_id),
        "x-goog-resource-id": channel.resource_id,
        "x-goog-resource-state": "exists",
    }
    app, took = routes(lambda: Ports(llm=OfflineEngine(), calendar=google.provider)), []
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://here") as client:
        for number in range(STORM):
            began = time.perf_counter()
            answer = await client.post(WEBHOOK, headers={**headers, "x-goog-message-number": str(100 + number)})
            took.append(1000 * (time.perf_counter() - began))
            answer.raise_for_status()
    async with user_session(user_id) as session:
        jobs = (await session.execute(sa.select(sa.func.count()).select_from(QueueJob))).scalar_one()
    half, most = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    sys.stdout.write(f"  {STORM} pushes: {half:.1f} ms each, 95 % in {most:.1f} ms; they added {jobs} job\n")


async def look(user_id: UUID) -> None:
    """How long the page waits for a week."""
    began = time.perf_counter()
    async with user_session(user_id) as session:
        agenda = await read_agenda(session, user_id, None, 7)
    seconds = time.perf_counter() - began
    sys.stdout.write(f"  the page reads a week of {len(agenda.events)} events{'':<44}{seconds:>9.3f}\n")


async def main() -> None:
    """Print the figures."""
    ports = {"SANDBOX_PORT": str(free_port()), "SANDBOX_SMTP_PORT": str(free_port())}
    process = Process("-m", "buildos_app.sandbox", **ports)
    try:
        process.wait_for("Started worker", timeout=120)
        google = Google(f"http://127.0.0.1:{ports['SANDBOX_PORT']}")
        sys.stdout.write(f"{'':<54}{'listings':>9}{'calls':>7}{'statements':>12}{'seconds':>9}\n")
        for events in EVENTS:
            await measure(google, events)
        google.close()
    finally:
        process.kill()


if __name__ == "__main__":
    run_alone(main)
