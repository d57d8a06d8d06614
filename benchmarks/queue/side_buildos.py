"""Ours: real job classes, the real client, the real worker with all its duties."""

import asyncio
import os
import signal
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from side import Side

from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.db.session import queue_session, service_session
from buildos_app.models.user import User
from buildos_app.queue.client import add_jobs, register_job_types
from buildos_app.queue.enqueue import Enqueuer
from buildos_app.queue.job import Job, JobContext, load_job_types
from buildos_app.settings import get_settings
from worker.__main__ import run

PEOPLE = 20


class Nothing(Job):
    """Does what every queue's job does here."""

    job_type: ClassVar[str] = "nothing"
    side: ClassVar[Side]
    number: int

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        self.side.run(self.number)
        return None


class BuildOS(Side):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        os.environ["DATABASE_URL"] = url
        os.environ["WORKER_CONCURRENCY"] = str(self.concurrency)
        get_settings.cache_clear()
        Nothing.side = self

    async def prepare(self) -> None:
        await asyncio.to_thread(ensure_ready)
        async with service_session("benchmark") as session:
            session.add_all(User(email=f"person{number}@example.org") for number in range(PEOPLE))
        async with queue_session() as session:
            await register_job_types(session)
        await dispose()

    async def open(self) -> None:
        async with queue_session() as session:
            self.people: list[UUID] = list((await session.execute(sa.text("SELECT id FROM users"))).scalars())
        self.enqueuer = Enqueuer()

    async def add(self, number: int) -> None:
        await self.enqueuer.add(self.people[number % PEOPLE], Nothing(number=number))

    async def add_many(self, numbers: range) -> None:
        jobs = [(self.people[number % PEOPLE], Nothing(number=number)) for number in numbers]
        async with queue_session() as session:
            await add_jobs(session, jobs)

    async def close(self) -> None:
        await self.enqueuer.close()
        await dispose()

    async def work(self, stop: asyncio.Event) -> None:
        working = asyncio.create_task(run(get_settings(), sorted(load_job_types())))
        await stop.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await working


def create(url: str) -> Side:
    return BuildOS(url)
