"""The LISTEN connection: nothing is lost while it stands, and it comes back when it is cut or goes silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
import sqlalchemy as sa

from buildos_app.db.engine import database_url
from buildos_app.notifications.listen import listen

PROBE = 0.2


class Ear:
    """A running `listen` on one channel."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.connected = asyncio.Semaphore(0)

    async def catch_up(self) -> None:
        self.connected.release()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Ear"]:
        task = asyncio.create_task(listen({"user_events": self.heard.put}, self.catch_up, probe_seconds=PROBE))
        await asyncio.wait_for(self.connected.acquire(), 10)
        yield self
        task.cancel()
        await asyncio.wait([task])


def say(url: str, *words: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for word in words:
            connection.execute("SELECT pg_notify('user_events', %s)", [word])


async def test_nothing_is_lost_between_probes(database: str) -> None:
    words = [f"word {number}" for number in range(400)]
    async with Ear().listening() as ear:
        await asyncio.to_thread(say, database, *words)

        heard = [await asyncio.wait_for(ear.heard.get(), 10) for _ in words]

    assert heard == words


async def test_a_cut_connection_comes_back(database: str) -> None:
    async with Ear().listening() as ear:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'buildos-listen' AND datname = current_database()"
            )
        await asyncio.wait_for(ear.connected.acquire(), 10)
        say(database, "again")

        assert await asyncio.wait_for(ear.heard.get(), 10) == "again"


async def test_a_silent_connection_is_noticed(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that swallows everything after the first probe: the socket stays open, nobody answers."""
    url = sa.make_url(database)
    socket_path = f"{url.query['host']}/.s.PGSQL.{url.query.get('port', url.port or 5432)}"
    asleep = asyncio.Event()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event) -> None:
        while data := await reader.read(65536):
            if not silent.is_set():
                writer.write(data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent = asyncio.Event() if asleep.is_set() else asleep
        there, back = await asyncio.open_unix_connection(socket_path)
        pipes = [
            asyncio.create_task(forward(reader, back, silent)),
            asyncio.create_task(forward(there, writer, silent)),
        ]
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for pipe in pipes:
            pipe.cancel()
        writer.close()
        back.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        through = f"postgresql://postgres@127.0.0.1:{port}/{url.database}"
        monkeypatch.setattr("buildos_app.notifications.listen.database_url", lambda: through)
        async with Ear().listening() as ear, asyncio.timeout(50 * PROBE):
            asleep.set()

            while ear.heard.empty():
                await asyncio.to_thread(say, database, "again")
                with suppress(TimeoutError):
                    await asyncio.wait_for(ear.connected.acquire(), PROBE)
    assert database_url() == database


async def test_announcements_that_are_dropped_are_made_up_for(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_away")
        connection.execute("CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''")
    async with Ear().listening() as ear, asyncio.timeout(10):
        for _ in range(3):
            await ear.connected.acquire()
