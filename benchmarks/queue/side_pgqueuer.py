"""PgQueuer on asyncpg, its fastest driver, with the batch size that was best for it here."""

import asyncio

import asyncpg
from pgqueuer import AsyncpgDriver, PgQueuer, Queries
from pgqueuer.models import Job
from side import Side

BATCH_SIZE = 50


class PgQueuerSide(Side):
    async def prepare(self) -> None:
        connection = await asyncpg.connect(self.url)
        await Queries(AsyncpgDriver(connection)).install()
        await connection.close()

    async def open(self) -> None:
        self.connection = await asyncpg.connect(self.url)
        self.queries = Queries(AsyncpgDriver(self.connection))

    async def add(self, number: int) -> None:
        await self.queries.enqueue("nothing", b"%d" % number)

    async def add_many(self, numbers: range) -> None:
        count = len(numbers)
        await self.queries.enqueue(["nothing"] * count, [b"%d" % number for number in numbers], [0] * count)

    async def close(self) -> None:
        await self.connection.close()

    async def work(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(self.url)
        queue = PgQueuer.from_asyncpg_connection(connection)

        @queue.entrypoint("nothing")
        async def nothing(job: Job) -> None:
            self.run(int(job.payload or b"0"))

        working = asyncio.create_task(queue.run(batch_size=BATCH_SIZE))
        await stop.wait()
        queue.shutdown.set()
        await working
        await connection.close()


def create(url: str) -> Side:
    return PgQueuerSide(url)
