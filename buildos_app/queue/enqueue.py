"""Adding single jobs fast, outside of any transaction of the caller.

What comes in while a statement is under way is added by the next one, together: twenty callers at once share commits,
and one alone waits for nobody.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from buildos_app.queue.client import in_our_words
from buildos_app.queue.connection import QueueConnection
from buildos_app.queue.job import Job

LARGEST_BATCH = 500

_ADD_ONE: Final = "SELECT add_queue_job(%s, %s, %s, %s, now(), %s, %s)"
_ADD_SEVERAL: Final = (
    "SELECT add_queue_job(user_id, job_type, metadata, priority, now(), dedup_key, max_attempts) FROM"
    " unnest(%s::uuid[], %s::text[], %s::jsonb[], %s::int[], %s::text[], %s::int[])"
    " j (user_id, job_type, metadata, priority, dedup_key, max_attempts)"
)


class Request(NamedTuple):
    """A job's values, and who waits for its id."""

    values: tuple[Any, ...]
    answer: asyncio.Future[UUID]

    def succeed(self, job_id: UUID) -> None:
        """Answer, if anybody still waits."""
        if not self.answer.done():
            self.answer.set_result(job_id)

    def fail(self, error: BaseException) -> None:
        """Raise where the answer is awaited."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Enqueuer:
    """Adds jobs as the service role, each with all the rules of `add_job`.

    A caller that saves rows beside its job uses `add_job` in its own transaction instead.
    """

    def __init__(self) -> None:
        self._connection = QueueConnection()
        self._requests: list[Request] = []
        self._busy = False
        self._working: asyncio.Task[None] | None = None

    async def add(self, user_id: UUID, job: Job) -> UUID:
        """The id of the job, committed, or of the live one with the same dedup key. Raises what `add_job` raises."""
        payload = Jsonb(job.model_dump(mode="json"))
        values = (user_id, job.job_type, payload, job.priority, job.dedup_key, job.max_attempts)
        if self._busy:
            request = Request(values, asyncio.get_running_loop().create_future())
            self._requests.append(request)
            return await request.answer
        self._busy = True
        try:
            return await self._add_one(values)
        finally:
            self._busy = bool(self._requests)
            if self._busy:
                self._working = asyncio.create_task(self._add_the_others())

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _add_the_others(self) -> None:
        while self._requests:
            batch, self._requests = self._requests[:LARGEST_BATCH], self._requests[LARGEST_BATCH:]
            try:
                columns = [list(column) for column in zip(*(request.values for request in batch), strict=True)]
                rows = await self._connection.fetch(_ADD_SEVERAL, columns)
            except (psycopg.OperationalError, OSError) as error:
                for request in batch:
                    request.fail(error)
            except psycopg.Error:
                await self._one_by_one(batch)
            else:
                for request, row in zip(batch, rows, strict=True):
                    request.succeed(row[0])
        self._busy = False

    async def _one_by_one(self, batch: Sequence[Request]) -> None:
        """One bad job must not spoil the others': the statement that was refused has added none."""
        for request in batch:
            try:
                request.succeed(await self._add_one(request.values))
            except Exception as error:  # noqa: BLE001 - it is raised where it belongs
                request.fail(error)

    async def _add_one(self, values: Sequence[Any]) -> UUID:
        try:
            rows = await self._connection.fetch(_ADD_ONE, values)
        except psycopg.Error as error:
            raise in_our_words(error) from error
        job_id: UUID = rows[0][0]
        return job_id
