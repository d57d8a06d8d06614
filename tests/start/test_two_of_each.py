"""Two web processes behind one address and two workers: sign-in, toasts and streams, wherever a request lands."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import httpx2
import psutil
import psycopg
import pytest
import pytest_asyncio

from buildos_app.accounts.sessions import cookie_name, hash_token, resolve_session
from buildos_app.brain_dumps.drafts import submit_dump
from buildos_app.brain_dumps.jobs import ProcessBrainDump
from buildos_app.db.embedded import join, leave
from buildos_app.db.engine import dispose
from buildos_app.db.session import user_session
from buildos_app.queue.client import add_job
from tests.fixtures.database import use
from tests.fixtures.processes import Process, free_port
from tests.fixtures.sockets import SocketTab
from tests.fixtures.web import Web

TABS, DUMPS = 8, 6
COMPLETED = "SELECT count(*) FROM queue_jobs WHERE status = 'completed'"
HEADERS = {"origin": "http://localhost:3000", "accept": "application/json"}
DUMP = "Garden: order timber by Friday. Call Jonas about the fence tomorrow."


@dataclass
class Installation:
    """Where it answers, and what runs."""

    web: Web
    workers: list[Process]
    url: str

    def serving(self) -> int:
        """How many processes hold a connection of a browser at this moment."""
        assert self.web.process is not None
        here = ("127.0.0.1", self.web.port)
        children = psutil.Process(self.web.process.pid).children(recursive=True)
        return sum(
            any(each.laddr == here and each.raddr for each in child.net_connections("tcp")) for child in children
        )


@pytest.fixture(scope="module")
def installation(redis_url: str) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="buildos-two-"))
    url = join(folder, options="-c fsync=off")
    settings = {"REDIS_URL": redis_url, "DATABASE_URL": url, "BUILDOS_DATA_DIR": str(folder)}
    web = Web.here(2, **settings, WEB_PROCESSES="2")
    web.start()
    web.wait()
    one_by_one = {**settings, "WORKER_CONCURRENCY": "1"}
    workers = [Process("-m", "worker", **one_by_one, WORKER_HEALTH_PORT=str(free_port())) for _ in range(2)]
    for worker in workers:
        worker.wait_for("serves", timeout=60)
    yield Installation(web, workers, url)
    for process in (*workers, web):
        process.kill()
    leave(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def client(installation: Installation) -> AsyncIterator[httpx2.AsyncClient]:
    await dispose()
    use(installation.url)
    async with httpx2.AsyncClient(base_url=installation.web.url, headers=HEADERS, timeout=60) as client:
        yield client
    await dispose()


async def test_sign_in_toasts_and_streams_work_wherever_they_land(
    installation: Installation, client: httpx2.AsyncClient
) -> None:
    account = {"name": "Mira", "email": "mira@example.org", "password": "correct horse battery"}
    assert (await client.post("/auth/sign-up", data=account)).json() == {"go": "/"}
    token = client.cookies[cookie_name()]
    user_id = await resolve_session(hash_token(token))
    assert user_id is not None
    tabs = [await SocketTab(token).connect(installation.web.url) for _ in range(TABS)]
    for tab in tabs:
        await tab.ready()
    assert installation.serving() == 2

    # A stream by one address, while each tab is on either process: what it settles is there for both.
    answer = await client.post("/api/brain-dumps/stream", json={"content": DUMP})
    kinds = [json.loads(line[6:])["type"] for line in answer.text.splitlines() if line.startswith("data: ")]
    assert (kinds[0], kinds[-1]) == ("status", "complete")
    assert kinds.count("complete") == 1

    # Jobs by both workers, each once; a toast of each in every tab.
    for number in range(DUMPS):
        async with user_session(user_id) as session:
            dump_id = await submit_dump(session, user_id, f"{DUMP} Number {number}.")
            await add_job(session, user_id, ProcessBrainDump(brain_dump_id=dump_id))
    await tabs[0].until(lambda: rows(installation.url, COMPLETED) == [(DUMPS,)])
    told = sorted(rows(installation.url, "SELECT seq FROM notifications"))
    for tab in tabs:
        await tab.until(lambda tab=tab: len(tab.seen) >= len(told))  # type: ignore[misc]
    assert [[seq] for tab in tabs for seq in sorted(tab.seen)] == [list(seq) for seq in told] * TABS
    ended = rows(installation.url, "SELECT worker_id, count(*) FROM queue_jobs WHERE status = 'completed' GROUP BY 1")
    assert (len(ended), sum(count for _, count in ended)) == (2, DUMPS)

    # Signed out by one of them: over for all tabs of both.
    await client.post("/auth/sign-out")
    tell(installation.url, user_id)
    await asyncio.gather(*(tab.until(lambda tab=tab: tab.redirected) for tab in tabs))  # type: ignore[misc]
    assert {len(tab.seen) for tab in tabs} == {len(told)}
    for tab in tabs:
        await tab.close()


def rows(url: str, query: LiteralString) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def tell(url: str, user_id: UUID) -> None:
    """One more piece of news."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO notifications (user_id, event) VALUES (%s, 'phases_failed')", [user_id])
