"""Claims jobs for the slots of this process and keeps them: claim → slots → acknowledge.

A lease holds each job from its claim until its end is saved. The heartbeat comes from a thread of its own, so that a
handler which blocks the event loop keeps its jobs.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError

from buildos_app.ports import Ports
from buildos_app.queue.connection import QueueConnection
from buildos_app.queue.holding import ClaimedJob, take_jobs
from buildos_app.queue.job import Job
from worker.heartbeat import Heartbeat
from worker.plan import Plan
from worker.slots import Slots

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
LONGEST_WAIT_SECONDS = 1.0
"""What was claimed ahead and waits for longer than this is handed back."""


class Runner:
    """One worker process. A context manager; inside it, `work` runs until `stop`, and `drain` ends what it began."""

    def __init__(
        self,
        *,
        ports: Ports,
        worker_id: UUID,
        job_types: Sequence[str],
        concurrency: int = 5,
        poll_seconds: float = 5.0,
        max_priority: int = 100,
        lease: timedelta = timedelta(seconds=60),
    ) -> None:
        self.worker_id = worker_id
        self.job_types = job_types
        self.poll_seconds = poll_seconds
        self.last_poll: datetime | None = None
        self.polled_at = float("-inf")
        self._max_priority = max_priority
        self._lease = lease
        self._plan = Plan(job_types, concurrency)
        self._claims = QueueConnection(synchronous=False)
        self._ends = QueueConnection()
        self.slots = Slots(ports, self._plan, self._ends, self._refill)
        classes = (Job.types.get(name) for name in job_types)
        self._limited = any(job_class is not None and job_class.max_running is not None for job_class in classes)
        self._refill_at = 0
        self._more = True
        self._wake = asyncio.Event()
        self._stop_wish = asyncio.Event()

    async def __aenter__(self) -> "Runner":
        self._heartbeat = Heartbeat(self.slots.held, self._lease, self._on_beat)
        self._heartbeat.start()
        self._acknowledging = asyncio.create_task(self.slots.acknowledger.work(), name="acknowledger")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._heartbeat.stop()
        self._acknowledging.cancel()
        await asyncio.gather(self._acknowledging, self._claims.close(), self._ends.close(), return_exceptions=True)

    def wake(self) -> None:
        """Look for jobs now instead of at the next poll."""
        self._wake.set()

    def stop(self) -> None:
        """Claim no more jobs; what runs goes on."""
        self._stop_wish.set()
        self._wake.set()

    async def work(self) -> None:
        """Claim and run until `stop`. A database that is away is waited for, longer each time, a minute at most."""
        pause = 1.0
        while not self._stop_wish.is_set():
            try:
                await self.fill()
                pause = 1.0
                await self._rest()
                await self.slots.hand_back_waiting(LONGEST_WAIT_SECONDS)
            except (psycopg.Error, DBAPIError, OSError) as error:
                logger.warning("the database is away, next try in %.0f s: %s", pause, error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop_wish.wait(), pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def drain(self, grace: float) -> None:
        """End what was begun, within `grace` seconds; what is handed back does not count as a run."""
        self._stop_wish.set()
        await self.slots.drain(grace)
        await self.slots.acknowledger.flush()

    async def cancel(self, job_id: UUID) -> None:
        """Stop a job of this worker that its person cancelled."""
        for claimed in self.slots.held():
            if claimed.id == job_id:
                self.slots.cancel(claimed)

    async def fill(self) -> None:
        """Claim due jobs for the free slots, and of fast types some more, until no more are due or fit."""
        self.last_poll, self.polled_at = datetime.now(UTC), time.monotonic()
        while not self._stop_wish.is_set():
            waiting = Counter(waiting.claimed.job_type for waiting in self.slots.waiting)
            wish = self._plan.wish(self.slots.running_by_type, waiting, self.slots.soon_free())
            if wish is None:
                self._more = True
                return
            jobs = await take_jobs(
                self._claims,
                wish.limits,
                wish.batch_size,
                worker_id=self.worker_id,
                lease=self._lease,
                max_priority=self._max_priority,
            )
            self._refill_at = wish.refill_at
            self._more = self._limited or len(wish.limits) < len(self.job_types)
            self.slots.accept(jobs)
            taken = Counter(job.job_type for job in jobs)
            if len(jobs) < wish.batch_size and all(taken[name] < limit for name, limit in wish.limits.items()):
                return

    async def _rest(self) -> None:
        seconds = min(self.poll_seconds, LONGEST_WAIT_SECONDS) if self.slots.waiting else self.poll_seconds
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    def _refill(self) -> None:
        """After each job: claim again when more are known to wait and the slots have little left."""
        if self._more and len(self.slots.waiting) <= self._refill_at:
            self._wake.set()

    def _on_beat(self, asked: list[ClaimedJob], held: dict[UUID, bool]) -> None:
        """Called on the event loop with what the heartbeat learned: lost leases and wishes to cancel."""
        for claimed in asked:
            if claimed.id not in held:
                self.slots.lose(claimed)
            elif held[claimed.id]:
                self.slots.cancel(claimed)
