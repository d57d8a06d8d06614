"""Completes the jobs whose run went well. While one statement is under way, the next jobs gather: an idle queue is
acknowledged at once, a busy one in batches, and no timer decides.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import psycopg

from buildos_app.queue.connection import QueueConnection
from buildos_app.queue.holding import ClaimedJob, EndedJob, complete_jobs

logger = logging.getLogger(__name__)

LARGEST_BATCH = 1000
LONGEST_PAUSE = 5.0

Refuse = Callable[[ClaimedJob, Exception], Awaitable[None]]
Report = Callable[[Sequence[EndedJob], set[UUID]], None]


class Acknowledger:
    """`report(saved, fenced)` gets the jobs whose end is saved, and the ids that another lease turned out to hold.

    `refuse(claimed, error)` ends a job whose result cannot be stored.
    """

    def __init__(self, connection: QueueConnection, report: Report, refuse: Refuse) -> None:
        self._connection = connection
        self._report = report
        self._refuse = refuse
        self._ended: list[EndedJob] = []
        self._under_way: list[EndedJob] = []
        self._added = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, job: EndedJob) -> None:
        """Complete this job soon."""
        self._ended.append(job)
        self._empty.clear()
        self._added.set()

    def held(self) -> list[ClaimedJob]:
        """The jobs whose end is not saved yet; asked by the heartbeat's thread."""
        return [job.claimed for job in (*self._under_way, *self._ended)]

    async def flush(self) -> None:
        """Wait until every end is saved."""
        await self._empty.wait()

    async def work(self) -> None:
        """Complete what is added, for ever."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._ended:
                self._under_way, self._ended = self._ended[:LARGEST_BATCH], self._ended[LARGEST_BATCH:]
                await self._end(self._under_way)
                self._under_way = []
            self._empty.set()

    async def _end(self, batch: Sequence[EndedJob]) -> None:
        try:
            fenced = await self._complete(batch)
        except (psycopg.Error, TypeError, ValueError) as error:
            if len(batch) == 1:
                await self._refuse(batch[0].claimed, error)
                return
            for job in batch:
                await self._end([job])
            return
        self._report([job for job in batch if job.claimed.id not in fenced] if fenced else batch, fenced)

    async def _complete(self, batch: Sequence[EndedJob]) -> set[UUID]:
        """A database that is away is waited for: the leases of these jobs go on, and the tokens decide in the end."""
        pause = 0.1
        while True:
            try:
                return await complete_jobs(self._connection, batch)
            except (psycopg.OperationalError, OSError) as error:
                logger.warning("%d ends could not be saved, next try in %.1f s: %s", len(batch), pause, error)
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads workers, hides nothing
                pause = min(pause * 2, LONGEST_PAUSE)
