"""awa for Python with its fast engine, the queue storage."""

import asyncio
from dataclasses import dataclass
from typing import Any

import awa
from side import Side


@dataclass
class Nothing:
    number: int


class Awa(Side):
    def __init__(self, url: str) -> None:
        super().__init__(url.replace("@/", "@localhost/"))

    async def prepare(self) -> None:
        client = awa.AsyncClient(self.url)
        await client.migrate()
        await client.install_queue_storage()
        await client.close()

    async def open(self) -> None:
        self.client = awa.AsyncClient(self.url)

    async def add(self, number: int) -> None:
        await self.client.insert(Nothing(number), queue="nothing")

    async def add_many(self, numbers: range) -> None:
        await self.client.enqueue_many_copy([Nothing(number) for number in numbers], queue="nothing")

    async def close(self) -> None:
        await self.client.close()

    async def work(self, stop: asyncio.Event) -> None:
        client = awa.AsyncClient(self.url)

        @client.task(Nothing, queue="nothing")
        async def nothing(job: Any) -> None:
            self.run(job.args.number)

        await client.start([("nothing", self.concurrency)])
        await stop.wait()
        await client.shutdown()
        await client.close()


def create(url: str) -> Side:
    return Awa(url)
