"""Pushes over HTTP, as they come: held back, doubled, lost, out of order, in a storm; and channels renewed in time."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
import sqlalchemy as sa

from buildos_app.api.routes import routes
from buildos_app.calendar.duty import LOOK_EVERY, POLL_EVERY, due_calendars
from buildos_app.calendar.jobs import SyncCalendar
from buildos_app.clock import now
from buildos_app.db.session import queue_session, service_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.calendar import Calendar, CalendarChannel
from buildos_app.ports import Ports
from buildos_app.settings import get_settings
from tests.calendar.conftest import TOMORROW, Desk, connected
from tests.fixtures.google import Google
from tests.fixtures.jobs import Perform

STORM = int(os.environ.get("STORM", "100"))


class Ear:
    """Our webhook at an address that the sandbox's Google reaches; what came, by its message number."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.heard: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        answer = await self._client.post(head[0].split(" ")[1], headers=headers)
        writer.write(f"HTTP/1.1 {answer.status_code} -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        self.heard.put_nowait(
            (int(headers.get("X-Goog-Message-Number", headers.get("x-goog-message-number", "0"))), answer.status_code)
        )

    async def hear(self, count: int) -> list[int]:
        """The next pushes, all of them taken."""
        found = [await asyncio.wait_for(self.heard.get(), 20) for _ in range(count)]
        assert {status for _, status in found} <= {200}
        return [number for number, _ in found]


@pytest_asyncio.fixture
async def ear(database: str, google: Google, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ear]:
    app = routes(lambda: Ports(llm=OfflineEngine(), calendar=google.provider))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://here") as client:
        ear = Ear(client)
        server = await asyncio.start_server(ear.answer, "127.0.0.1", 0)
        monkeypatch.setenv("APP_BASE_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        get_settings.cache_clear()
        yield ear
        google.turn(push="lost")
        server.close()
        await server.wait_closed()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest_asyncio.fixture
async def heard(ear: Ear, user_id: UUID, google: Google, perform: Perform) -> Desk:
    """Connected, with a channel whose pushes arrive, and one task in the calendar."""
    await connected(user_id, google)
    desk = Desk(user_id, google, perform)
    google.turn(push="lost")  # what we write ourselves is pushed too: not here, so that the tests can count
    await desk.sync()
    await ear.hear(1)  # "sync": the channel says hello
    await desk.add("Call Ana", TOMORROW)
    await desk.sync()
    return desk


async def channels() -> list[CalendarChannel]:
    async with service_session("test") as session:
        return list((await session.execute(sa.select(CalendarChannel))).scalars())


async def set_calendar(**values: object) -> None:
    async with service_session("test") as session:
        await session.execute(sa.update(Calendar).values(**values))


async def waiting() -> int:
    query = "SELECT count(*) FROM queue_jobs WHERE job_type = 'sync_calendar' AND status = 'pending'"
    async with queue_session() as session:
        return int((await session.execute(sa.text(query))).scalar_one())


async def due() -> int:
    async with service_session("test") as session:
        return len(await due_calendars(session))


async def test_pushes_held_doubled_and_out_of_order(heard: Desk, ear: Ear, google: Google) -> None:
    (event,) = google.events()
    before = (await heard.calendar()).wanted

    google.turn(push="held")
    google.edit("patch", event["id"], summary="One")
    assert ((await heard.calendar()).wanted, await waiting()) == (before, 0)
    google.turn(release=True)
    await ear.hear(1)
    assert ((await heard.calendar()).wanted, await waiting()) == (before + 1, 1)
    await heard.sync()

    google.turn(push="doubled")
    google.edit("patch", event["id"], summary="Two")
    await ear.hear(2)
    assert await waiting() == 1
    await heard.sync()

    google.turn(push="reordered")
    google.edit("patch", event["id"], summary="Three")
    google.edit("patch", event["id"], summary="Four")
    google.turn(release=True)
    assert len(await ear.hear(2)) == 2
    assert await waiting() == 1
    await heard.sync()

    (link,) = await heard.links()
    assert link.task_id is not None
    assert (await heard.task(link.task_id)).title == "Four"
    assert await heard.ledger() == []


async def test_a_push_that_was_lost_is_made_up_for_within_the_hour(heard: Desk, google: Google) -> None:
    (event,) = google.events()
    google.edit("patch", event["id"], summary="Ring Ana")  # nobody tells
    await set_calendar(last_synced_at=now() - LOOK_EVERY + timedelta(minutes=1))
    assert await due() == 0
    await set_calendar(last_synced_at=now() - LOOK_EVERY - timedelta(seconds=1))
    assert await due() == 1

    await heard.sync()

    (link,) = await heard.links()
    assert link.task_id is not None and (await heard.task(link.task_id)).title == "Ring Ana"


async def test_a_storm_is_a_handful_of_syncs(heard: Desk, ear: Ear, google: Google, perform: Perform) -> None:
    """Pushes keep coming while the job runs: each run takes all that came until then."""
    (event,) = google.events()
    job = SyncCalendar(calendar_id=(await heard.calendar()).id)
    google.turn(push="normal")
    read = len(google.calls("events.list"))

    async def storm() -> None:
        for number in range(STORM):
            await asyncio.to_thread(google.edit, "patch", event["id"], summary=f"Edit {number}")
        await ear.hear(STORM)

    blowing, runs = asyncio.create_task(storm()), 0
    while not blowing.done():
        row = await perform(job, calendar=google.provider)
        runs += 1
        if row.status == "pending":  # snoozed for a second: that second is over here
            async with queue_session() as session:
                await session.execute(sa.text("UPDATE queue_jobs SET scheduled_for = now() WHERE status = 'pending'"))
        await asyncio.wait([blowing], timeout=1)
    await blowing
    google.turn(push="lost")
    await heard.sync()

    (link,) = await heard.links()
    assert link.task_id is not None
    assert (await heard.task(link.task_id)).title == f"Edit {STORM - 1}"
    lists = len(google.calls("events.list")) - read
    assert runs < 40 and lists < 3 * runs + 6, f"{STORM} pushes led to {runs} syncs and {lists} listings"


@pytest.mark.usefixtures("ear")
async def test_what_changes_before_the_channel_begins_is_not_missed(
    user_id: UUID, google: Google, perform: Perform
) -> None:
    """The first run reads, then opens the channel: nobody pushes what happened between the two, so it looks again."""
    await connected(user_id, google)
    desk = Desk(user_id, google, perform)
    google.turn(push="lost")
    task_id = await desk.add("Call Ana", TOMORROW)
    job = SyncCalendar(calendar_id=(await desk.calendar()).id)

    assert (await perform(job, calendar=google.provider)).status == "pending"
    (event,) = google.events()
    google.edit("patch", event["id"], summary="Ring Ana")  # before the channel, as far as we know
    async with queue_session() as session:
        await session.execute(sa.text("UPDATE queue_jobs SET scheduled_for = now() WHERE status = 'pending'"))
    assert (await perform(job, calendar=google.provider)).status == "completed"

    assert (await desk.task(task_id)).title == "Ring Ana"


async def test_a_channel_is_renewed_a_day_early_and_the_old_one_ends_after(
    heard: Desk, ear: Ear, google: Google
) -> None:
    (old,) = await channels()
    async with service_session("test") as session:
        await session.execute(sa.update(CalendarChannel).values(expires_at=now() + timedelta(hours=23)))
    assert await due() == 0, "just synced"
    await set_calendar(last_synced_at=now() - POLL_EVERY - timedelta(seconds=1))
    assert await due() == 1
    asked = len(google.calls())

    await heard.sync()

    (new,) = await channels()
    assert new.channel_id != old.channel_id and new.expires_at > now() + timedelta(days=6)
    assert google.channels() == [new.channel_id]
    calls = [each["call"] for each in google.calls()[asked:]]
    assert calls.index("events.watch") < calls.index("channels.stop"), "nothing falls between them"
    await ear.hear(1)
    google.turn(push="normal")
    (event,) = google.events()
    google.edit("patch", event["id"], summary="By the new one")
    await ear.hear(1)
    assert await waiting() == 1


async def test_a_channel_that_google_refuses_leaves_polling(heard: Desk, google: Google) -> None:
    async with service_session("test") as session:
        await session.execute(sa.delete(CalendarChannel))
    google.fail(call="events.watch", status=400, reason="push.webhookUrlUnauthorized", times=3)

    await heard.sync()

    assert await channels() == []
    await set_calendar(last_synced_at=now() - POLL_EVERY - timedelta(seconds=1))
    assert await due() == 1
