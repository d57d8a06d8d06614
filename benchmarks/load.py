"""Many people at work at once, felt in one real browser among them; then three times as much.

`.venv/bin/python -m benchmarks.load` against a running `make run`; it makes accounts of its own, and ends with 1 when
something was lost or the browser waited too long. People are raw websockets that tick tasks of their own on Today.
The goals are those of L1: 200 open sockets and 50 events a second on two cores, p95 of click-to-DOM at most 150 ms.
"""

import asyncio
import random
import shutil
import statistics
import sys
import time
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from playwright.async_api import Page, async_playwright

from benchmarks.web import CLICK, show, sign_up
from buildos_app.accounts.sessions import open_session
from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.db.session import service_session
from buildos_app.settings import get_settings
from buildos_app.ui.pages.today.state import TodayState
from tests.fixtures.sockets import SocketTab

PEOPLE, EVENTS_A_SECOND, SECONDS = 200, 50, 40
OVERLOAD, OVERLOAD_SECONDS, RECOVERY_SECONDS = 3, 20, 10
TASKS, CLICK_SECONDS = 10, 5
GOAL_MILLISECONDS = 150
TOGGLE = f"{TodayState.get_full_name()}.toggle"

_PEOPLE = sa.text(
    "INSERT INTO users (email, name) SELECT 'load' || n || '-' || :run || '@bench.example', 'Load ' || n"
    " FROM generate_series(1, :people) n RETURNING id"
)
_TASKS = sa.text(
    "WITH made AS (INSERT INTO projects (user_id, name, slug)"
    " SELECT unnest(CAST(:people AS uuid[])), 'Load', 'load' RETURNING id, user_id)"
    " INSERT INTO tasks (user_id, project_id, title, due_date)"
    " SELECT user_id, id, 'Task ' || n, now() FROM made, generate_series(1, :tasks) n RETURNING user_id, id"
)
_TICKED = sa.text("SELECT coalesce(sum(version - 1), 0) FROM tasks WHERE user_id = ANY(:people)")


@dataclass
class Crowd:
    """People with a tab each, and the tasks that are theirs."""

    ids: list[UUID]
    tasks: dict[UUID, list[UUID]]
    tabs: dict[UUID, SocketTab] = field(default_factory=dict)

    async def arrive(self, url: str) -> None:
        """Each signs in and opens Today."""
        for user_id in self.ids:
            token = await open_session(user_id, user_agent="benchmark", address="127.0.0.1")
            self.tabs[user_id] = await (await SocketTab(token).connect(url)).ready()

    async def work(self, events_a_second: float, until: asyncio.Event) -> int:
        """Somebody ticks one of their tasks, so often; how many ticks were sent."""
        sent, began = 0, time.monotonic()
        while not until.is_set():
            user_id = random.choice(self.ids)  # noqa: S311
            task_id = random.choice(self.tasks[user_id])  # noqa: S311
            await self.tabs[user_id].send(TOGGLE, {"task_id": str(task_id)})
            sent += 1
            await asyncio.sleep(max(0.0, began + sent / events_a_second - time.monotonic()))
        return sent

    async def ticked(self) -> int:
        """How many ticks the database has."""
        async with service_session("benchmark") as session:
            return int((await session.execute(_TICKED, {"people": self.ids})).scalar_one())

    def refused(self) -> int:
        """How many ticks were answered with "busy"."""
        return sum(tab.busy for tab in self.tabs.values())


async def main() -> int:
    """Measure quiet, load, overload and what comes after; 1 when a goal is missed."""
    ensure_ready()
    url = get_settings().base_url
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    crowd = await gather_people()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        await give_tasks([await sign_up(context, url)])
        page = await context.new_page()
        await page.goto(url)
        await click(page)
        show("alone", await clicks(page, 10))
        began = time.monotonic()
        await crowd.arrive(url)
        print(f"{PEOPLE} people opened Today in {time.monotonic() - began:.1f} s")
        loaded, lost = await under(crowd, page, EVENTS_A_SECOND, SECONDS)
        show(f"{EVENTS_A_SECOND} events a second", loaded)
        flooded, lost_then = await under(crowd, page, OVERLOAD * EVENTS_A_SECOND, OVERLOAD_SECONDS)
        show(f"{OVERLOAD * EVENTS_A_SECOND} events a second", flooded)
        after = await clicks(page, 10)
        show("right after", after)
        await browser.close()
    for tab in crowd.tabs.values():
        await tab.close()
    await dispose()
    p95 = statistics.quantiles(loaded, n=20)[-1]
    print(f"{lost + lost_then} ticks lost, {crowd.refused()} refused as busy")
    return int(p95 > GOAL_MILLISECONDS or lost + lost_then > 0 or statistics.median(after) > GOAL_MILLISECONDS)


async def gather_people() -> Crowd:
    """People with tasks for today."""
    async with service_session("benchmark") as session:
        ids = list((await session.execute(_PEOPLE, {"people": PEOPLE, "run": str(time.time_ns())})).scalars())
    return Crowd(ids, await give_tasks(ids))


async def give_tasks(ids: list[UUID]) -> dict[UUID, list[UUID]]:
    """Tasks for today, which stay in sight when they are done."""
    tasks: dict[UUID, list[UUID]] = {user_id: [] for user_id in ids}
    async with service_session("benchmark") as session:
        for user_id, task_id in await session.execute(_TASKS, {"people": ids, "tasks": TASKS}):
            tasks[user_id].append(task_id)
    return tasks


async def under(crowd: Crowd, page: Page, events_a_second: int, seconds: float) -> tuple[list[float], int]:
    """What clicks take in the browser while the crowd works, and how many ticks were neither done nor refused."""
    before = await crowd.ticked() + crowd.refused()
    stop = asyncio.Event()
    working = asyncio.create_task(crowd.work(events_a_second, stop))
    taken = await clicks(page, seconds)
    stop.set()
    sent = await working
    deadline = time.monotonic() + RECOVERY_SECONDS
    while (answered := await crowd.ticked() + crowd.refused() - before) < sent and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    print(f"{sent} ticks sent, {answered} answered within {RECOVERY_SECONDS} s of the last")
    return taken, sent - answered


async def clicks(page: Page, seconds: float) -> list[float]:
    """Milliseconds of each click, one after the other for so long; one that was refused counts as the whole wait."""
    taken, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            async with asyncio.timeout(CLICK_SECONDS):
                taken.append(await click(page))
        except TimeoutError:
            taken.append(1000 * CLICK_SECONDS)
        await asyncio.sleep(0.2 + random.random() / 5)  # noqa: S311
    return taken


async def click(page: Page) -> float:
    """Milliseconds from ticking the first task until its row is drawn anew."""
    box = page.locator("main [data-row] input[type=checkbox]").first
    await box.wait_for()
    return float(await box.evaluate(CLICK))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
