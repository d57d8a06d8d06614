"""Procrastinate, as its documentation shows it."""

import asyncio

import procrastinate
from side import Side


class Procrastinate(Side):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

        @self.app.task(name="nothing")
        async def nothing(number: int) -> None:
            self.run(number)

        self.nothing = nothing

    async def prepare(self) -> None:
        async with self.app.open_async():
            await self.app.schema_manager.apply_schema_async()

    async def open(self) -> None:
        await self.app.open_async()

    async def add(self, number: int) -> None:
        await self.nothing.defer_async(number=number)

    async def add_many(self, numbers: range) -> None:
        await self.nothing.batch_defer_async(*({"number": number} for number in numbers))

    async def close(self) -> None:
        await self.app.close_async()

    async def work(self, stop: asyncio.Event) -> None:
        async with self.app.open_async():
            worker = self.app.run_worker_async(concurrency=self.concurrency, install_signal_handlers=False)
            working = asyncio.create_task(worker)
            await stop.wait()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


def create(url: str) -> Side:
    return Procrastinate(url)
