"""Jobs whose effects are written into ledgers: outside by idempotency key, in the database by row."""

import os
from typing import Any, ClassVar

import httpx2
import sqlalchemy as sa

from buildos_app.db.session import service_session
from buildos_app.errors import ServiceUnavailable
from buildos_app.queue.client import begin_tick
from buildos_app.queue.job import Job, JobContext
from tests.chaos.ledger import TICK
from tests.chaos.marks import mark

LEDGER_URL = "CHAOS_LEDGER_URL"


class Effect(Job):
    """Acts outside once per idempotency key, as a payment or a text message does."""

    job_type: ClassVar[str] = "chaos_effect"
    max_attempts: ClassVar[int] = 100
    number: int

    async def act(self, ctx: JobContext) -> None:
        """The effect outside."""
        mark("before the outside effect")
        async with httpx2.AsyncClient() as client:
            words = {"number": self.number, "key": ctx.idempotency_key}
            (await client.post(os.environ[LEDGER_URL], json=words)).raise_for_status()
        mark("after the outside effect")

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        await self.act(ctx)
        return {"number": self.number}


class Row(Effect):
    """Acts outside, and completes itself in the transaction that writes its row."""

    job_type: ClassVar[str] = "chaos_row"

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        await self.act(ctx)
        async with ctx.session() as session:
            mark("before the rows")
            await session.execute(sa.text("INSERT INTO chaos_rows (number) VALUES (:number)"), {"number": self.number})
            mark("after the rows")
            await ctx.complete(session, {"number": self.number})
            mark("before the commit")
        mark("after the commit")
        return None


class SecondTry(Row):
    """As a row, but its first run ends badly."""

    job_type: ClassVar[str] = "chaos_second_try"

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        if ctx.attempt == 1:
            raise ServiceUnavailable("Not yet.", retry_after=0.01)
        return await super().run(ctx)


KINDS = (Effect, Row, SecondTry)
for kind in KINDS:
    del Job.types[kind.job_type]


def register() -> None:
    """Make them known to this process: they are job types of the chaos run, and of no other."""
    Job.types.update({kind.job_type: kind for kind in KINDS})


async def tick() -> None:
    """A periodic duty: one row for each tick, whoever gets there first."""
    async with service_session("chaos") as session:
        if await begin_tick(session, "chaos", TICK):
            mark("tick begun")
            await session.execute(sa.text("INSERT INTO chaos_ticks SELECT tick FROM queue_ticks WHERE name = 'chaos'"))
    mark("tick done")
