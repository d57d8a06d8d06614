"""The hourly tick with 1,000, 10,000 and 100,000 people of whom 4 % are due, and the drain with a scripted model.

`.venv/bin/python -m benchmarks.briefs` starts a PostgreSQL of its own and prints the figures.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from benchmarks.alone import run_alone
from buildos_app.briefs.jobs import GenerateDailyBrief
from buildos_app.briefs.prompts import WrittenBrief
from buildos_app.briefs.tick import plan_briefs
from buildos_app.db.engine import async_engine
from buildos_app.db.session import queue_session, service_session
from buildos_app.ports import Ports
from buildos_app.queue.client import add_planned_jobs, register_worker
from worker.runner import Runner

PEOPLE = (1_000, 10_000, 100_000)
DUE_SHARE = 0.04
JOBS, CONCURRENCY, LATENCY = 200, 5, 0.2
TASKS = 40

_PEOPLE = sa.text(
    "INSERT INTO users (email, timezone, last_visit, created_at) SELECT 'p' || n || '@bench.example', 'UTC', now(),"
    " now() - interval '1 year' FROM generate_series(1, :people) n ON CONFLICT DO NOTHING"
)
_WRITERS = sa.text(
    "INSERT INTO users (email) SELECT 'w' || n || '@bench.example' FROM generate_series(1, :people) n RETURNING id"
)
_PROJECTS = sa.text(
    "INSERT INTO projects (user_id, name, slug) SELECT unnest(CAST(:people AS uuid[])), 'Garden', 'garden'"
)
_PREFERENCES = sa.text(
    "INSERT INTO brief_preferences (user_id, time_of_day, scheduled_since) SELECT id,"
    " CASE WHEN row_number() OVER (ORDER BY id) <= :due THEN CAST(:soon AS time) ELSE CAST(:later AS time) END,"
    " now() - interval '1 year' FROM users ON CONFLICT (user_id) DO UPDATE SET time_of_day = excluded.time_of_day"
)


async def tick(people: int, day: int) -> tuple[int, int, float]:
    """How many briefs one tick plans for so many people, in how many statements and seconds."""

    at = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=day)
    async with service_session("benchmark") as session:
        await session.execute(_PEOPLE, {"people": people})
        await session.execute(sa.text("UPDATE users SET last_visit = :at"), {"at": at})
        soon, later = (at + timedelta(minutes=30)).time(), (at + timedelta(hours=6)).time()
        await session.execute(_PREFERENCES, {"due": int(people * DUE_SHARE), "soon": soon, "later": later})
    async with async_engine().connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(sa.text("ANALYZE"))
    statements = 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1

    sa.event.listen(async_engine().sync_engine, "before_cursor_execute", count)
    began = time.perf_counter()
    async with service_session("benchmark") as session:
        made = await plan_briefs(session, at, looked_at=at - timedelta(hours=1))
    seconds = time.perf_counter() - began
    sa.event.remove(async_engine().sync_engine, "before_cursor_execute", count)
    return made, statements, seconds


class Scripted:
    """A model that answers with the drafts after a fixed time."""

    name = "scripted"

    async def ask(self, prompt: Any, **_: Any) -> Any:
        """The drafts, LATENCY later."""

        await asyncio.sleep(LATENCY)
        return WrittenBrief(sentences=prompt.drafts)


async def drain() -> float:
    """Seconds to write JOBS briefs of people with TASKS tasks each, with CONCURRENCY slots."""

    now = datetime.now(UTC)
    async with service_session("benchmark") as session:
        people: list[UUID] = list((await session.execute(_WRITERS, {"people": JOBS})).scalars())
        await session.execute(_PROJECTS, {"people": people})
        await session.execute(
            sa.text(
                "INSERT INTO tasks (user_id, project_id, title, due_date) SELECT p.user_id, p.id, 'Task ' || n,"
                " now() + (n - 10) * interval '1 day' FROM projects p, generate_series(1, :tasks) n"
            ),
            {"tasks": TASKS},
        )
    runner = Runner(
        ports=Ports(llm=Scripted()),
        worker_id=uuid4(),
        job_types=["generate_daily_brief"],
        concurrency=CONCURRENCY,
    )
    job = GenerateDailyBrief(brief_date=now.date(), timezone="UTC")
    async with queue_session() as session:
        await register_worker(session, runner.worker_id, "benchmark", 0, ["generate_daily_brief"])
        await add_planned_jobs(session, [(person, now, job) for person in people])
    async with runner:
        began = time.perf_counter()
        working = asyncio.create_task(runner.work())
        while runner.slots.runs["generate_daily_brief", "completed"] < JOBS:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - began
        runner.stop()
        await working
        await runner.drain(5)
    return seconds


async def main() -> None:
    """Print the figures."""

    say = sys.stdout.write
    say(f"{'people':>9} {'due':>6} {'statements':>11} {'seconds':>8} {'ms per due':>11}\n")
    for day, people in enumerate(PEOPLE, start=1):
        made, statements, seconds = await tick(people, day)
        say(f"{people:>9,} {made:>6,} {statements:>11} {seconds:>8.2f} {1000 * seconds / made:>11.2f}\n")
    seconds = await drain()
    rate, ideal = JOBS / seconds, CONCURRENCY / LATENCY
    say(f"\n{JOBS} briefs, {CONCURRENCY} at once, {1000 * LATENCY:.0f} ms per model call: {rate:.1f} a second, ")
    say(f"{rate / ideal:.2f} of the ideal {ideal:.0f}\n")


if __name__ == "__main__":
    run_alone(main)
