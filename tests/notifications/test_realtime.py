"""News from SQL to every tab of its person: two web processes on Redis, and everything that may break in between."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from psycopg.types.json import Jsonb

from buildos_app.accounts.sessions import open_session
from buildos_app.db.embedded import _Server, join, leave
from buildos_app.db.engine import dispose
from buildos_app.notifications.events import Event, known_events
from buildos_app.ui.gate import BUSY, MOST_OF_A_TAB
from buildos_app.ui.pages.today.state import TodayState
from tests.fixtures.database import make_user, use
from tests.fixtures.sockets import SocketTab
from tests.fixtures.web import Web

TABS, AT_ONCE = 3, 10
ROUNDS = int(os.environ.get("NEWS_ROUNDS", "20"))
"""Pieces of news for each person; with 80 they are 480 deliveries."""
EXAMPLES: dict[type, object] = {int: 3, str: "words", bool: True, date: "2026-11-24", float: 1.5}


TOGGLE = f"{TodayState.get_full_name()}.toggle"
MANY_TABS = 30


@dataclass
class House:
    """Two web processes, one database of their own, one Redis."""

    webs: tuple[Web, Web]
    folder: Path
    url: str

    def tell(self, user_id: UUID, *kinds: type[Event]) -> list[int]:
        """Write one row of each kind in plain SQL, each committed by itself; their `seq`."""
        insert = "INSERT INTO notifications (user_id, event, payload) VALUES (%s, %s, %s) RETURNING seq"
        with psycopg.connect(self.url, autocommit=True) as connection:
            rows = [
                connection.execute(insert, [user_id, kind.event, Jsonb(example(kind))]).fetchone() for kind in kinds
            ]
        return [row[0] for row in rows if row]


def example(kind: type[Event]) -> dict[str, object]:
    """A payload of this kind, spelled as the design spells it: in camelCase."""
    fields = {field.alias or name: field for name, field in kind.model_fields.items() if field.is_required()}
    return {name: EXAMPLES.get(field.annotation, str(uuid4())) for name, field in fields.items()}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def house(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("realtime")
    folder.chmod(0o755)
    url = join(folder, options="-c fsync=off")
    environment = {"REDIS_URL": redis_url, "DATABASE_URL": url, "BUILDOS_DATA_DIR": str(folder)}
    webs = (Web.here(**environment), Web.here(**environment))
    for web in webs:
        web.start()
    for web in webs:
        web.wait()
    yield House(webs, folder, url)
    for web in webs:
        web.kill()
    leave(folder)


@pytest_asyncio.fixture
async def people(house: House) -> AsyncIterator[list[tuple[UUID, list[SocketTab]]]]:
    """Two people with three tabs each, spread over both processes."""
    await dispose()
    use(house.url)
    found = []
    for name in ("mira", "ravi"):
        user_id = await make_user(f"{name}-{uuid4()}@example.org")
        token = await open_session(user_id, user_agent="test", address="127.0.0.1")
        tabs = [await SocketTab(token).connect(web.url) for web in islice(cycle(house.webs), TABS)]
        for tab in tabs:
            await tab.ready()
        found.append((user_id, tabs))
    yield found
    for _, tabs in found:
        for tab in tabs:
            await tab.close()
    await dispose()


People = list[tuple[UUID, list[SocketTab]]]


async def test_each_kind_reaches_every_tab_of_its_person_and_no_other(house: House, people: People) -> None:
    nobody = await (await SocketTab().connect(house.webs[0].url)).ready()
    told: dict[UUID, list[int]] = {user_id: [] for user_id, _ in people}
    kinds = list(islice(cycle(known_events()), ROUNDS))
    for start in range(0, ROUNDS, AT_ONCE):
        for user_id, _ in people:
            told[user_id] += await asyncio.to_thread(house.tell, user_id, *kinds[start : start + AT_ONCE])
        for user_id, tabs in people:
            for tab in tabs:
                await tab.until(lambda tab=tab, user_id=user_id: len(tab.seen) >= len(told[user_id]))  # type: ignore[misc]

    arrived = [tab.seen == told[user_id] for user_id, tabs in people for tab in tabs]
    assert arrived == [True] * len(people) * TABS
    assert sum(len(tab.seen) for _, tabs in people for tab in tabs) == len(people) * TABS * ROUNDS
    assert "Something happened" not in {title for _, tabs in people for tab in tabs for title in tab.titles}
    assert (nobody.seen, nobody.redirected) == ([], True)
    await nobody.close()


async def test_a_dropped_socket_misses_nothing(house: House, people: People) -> None:
    user_id, (tab, *others) = people[0]
    await tab.close()
    told = house.tell(user_id, *known_events()[:3])

    await tab.connect(house.webs[1].url)  # the other process: its state follows through Redis

    for each in (tab, *others):
        await each.until(lambda each=each: each.seen == told)  # type: ignore[misc]


async def test_a_half_open_socket_misses_nothing(house: House, people: People) -> None:
    """The line goes dead and nobody says so: the server still holds the old socket when the new one comes."""
    user_id, (tab, *_) = people[0]
    await tab.close()
    dead = asyncio.Event()
    async with await asyncio.start_server(line_to(house.webs[0].port, dead), "127.0.0.1", 0) as line:
        await tab.connect(f"http://127.0.0.1:{line.sockets[0].getsockname()[1]}")
        await tab.ready()
        before = tab.client_token
        dead.set()
        told = house.tell(user_id, *known_events()[:3])

        await tab.connect(house.webs[0].url)

        await tab.until(lambda: tab.seen == told)
        assert tab.client_token != before  # Reflex gives such a tab a new token, and with it an empty state
        line.close()


async def test_a_restarted_database_misses_nothing(house: House, people: People) -> None:
    user_id, tabs = people[0]
    await dispose()
    server = _Server(house.folder.resolve()).process()
    assert server is not None
    server.send_signal(signal.SIGQUIT)
    server.wait(30)
    await asyncio.to_thread(join, house.folder, options="-c fsync=off")

    told = house.tell(user_id, *known_events()[:3])  # while nobody listens yet

    for tab in tabs:
        await tab.until(lambda tab=tab: tab.seen == told)  # type: ignore[misc]


async def test_what_is_too_much_is_refused_in_words_and_nothing_is_lost(house: House, people: People) -> None:
    user_id, (tab, *_) = people[0]
    other_id, (other, *_) = people[1]
    with psycopg.connect(house.url, autocommit=True) as connection:
        add = "INSERT INTO tasks (user_id, title, due_date) VALUES (%s, 'Water the pots', now()) RETURNING id"
        tasks = {owner: connection.execute(add, [owner]).fetchall()[0][0] for owner in (user_id, other_id)}

        def ticks(owner: UUID) -> int:
            query = "SELECT version FROM tasks WHERE id = %s"
            [(version,)] = connection.execute(query, [tasks[owner]]).fetchall()
            return int(version) - 1

        sent = 5 * MOST_OF_A_TAB
        for _ in range(sent):
            await tab.send(TOGGLE, {"task_id": str(tasks[user_id])})
        await other.send(TOGGLE, {"task_id": str(tasks[other_id])})
        await other.until(lambda: ticks(other_id) == 1)
        await tab.until(lambda: tab.busy + ticks(user_id) == sent)

    assert tab.busy > 0
    assert BUSY in tab.answers
    assert other.busy == 0


async def test_what_we_let_tabs_read_is_never_refused(house: House, people: People) -> None:
    """All of many tabs read at once, as after a restart of the database."""
    user_id, _ = people[0]
    token = await open_session(user_id, user_agent="test", address="127.0.0.1")
    tabs = await asyncio.gather(*(SocketTab(token).connect(house.webs[0].url) for _ in range(MANY_TABS)))
    for tab in tabs:
        await tab.ready()
    (told,) = house.tell(user_id, known_events()[0])
    for tab in tabs:
        await tab.until(lambda tab=tab: told in tab.seen)  # type: ignore[misc]
        await tab.close()

    assert [tab.busy for tab in tabs] == [0] * MANY_TABS


async def test_a_killed_web_process_misses_nothing(house: House, people: People) -> None:
    """The last test of the file: the process stays dead."""
    user_id, (tab, elsewhere, *_) = people[1]
    house.webs[0].kill()
    told = house.tell(user_id, *known_events()[:3])
    await elsewhere.until(lambda: elsewhere.seen == told)

    await tab.connect(house.webs[1].url)  # its state is in Redis

    await tab.until(lambda: tab.seen == told)


def line_to(port: int, dead: asyncio.Event) -> Any:
    """A line to that port that swallows everything once it is dead, without closing."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not dead.is_set():
                writer.write(data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, there = await asyncio.open_connection("127.0.0.1", port)
        tasks = [asyncio.create_task(carry(reader, there)), asyncio.create_task(carry(back, writer))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        there.close()
        writer.close()

    return serve
