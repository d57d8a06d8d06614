"""Claims jobs, runs them side by side, and ends each one; every slot is refilled by itself.

claim → load → run → complete | fail. A lease holds each running job; its heartbeat comes from a thread of its own, so
that a handler which blocks the event loop keeps its jobs.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.session import as_worker, queue_session, user_session
from buildos_app.errors import ServiceUnavailable, UserError, is_retryable
from buildos_app.monitoring.errors import log_failed_run
from buildos_app.notifications.notify import notify
from buildos_app.ports import Ports
from buildos_app.queue import client
from buildos_app.queue.client import ClaimedJob
from buildos_app.queue.job import Job, JobContext, LeaseLost, Snooze
from worker.heartbeat import Heartbeat

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = 60.0


class CancelRequested(Exception):
    """The person asked to stop this job."""


@dataclass
class Running:
    """A job in a slot."""

    claimed: ClaimedJob
    task: asyncio.Task[None]
    lost: bool = False
    cancelled: bool = False


@dataclass
class Runner:
    """One worker process: its slots and what runs in them."""

    ports: Ports
    worker_id: UUID
    job_types: Sequence[str]
    concurrency: int = 5
    poll_seconds: float = 5.0
    max_priority: int = 100
    lease: timedelta = LEASE
    last_poll: datetime | None = None
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _running: dict[UUID, Running] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stop_wish: asyncio.Event = field(default_factory=asyncio.Event)

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
        with Heartbeat(self._held, self.lease, self._on_beat):
            while not self._stop_wish.is_set():
                try:
                    await self.fill_slots()
                    pause = 1.0
                except (DBAPIError, OSError) as error:
                    logger.warning("the database is away, next try in %.0f s: %s", pause, error)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._stop_wish.wait(), pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                await self._rest()

    async def drain(self, grace: float) -> None:
        """Let what runs end, up to `grace` seconds; then stop the rest and hand it back, not counted as a run."""
        if tasks := [running.task for running in self._running.values()]:
            await asyncio.wait(tasks, timeout=grace)
        leftover = [running for running in self._running.values() if not running.task.done()]
        for running in leftover:
            running.lost = True
            running.task.cancel()
        if leftover:
            await asyncio.wait([running.task for running in leftover])
            async with queue_session() as session:
                count = await client.release_jobs(session, [running.claimed for running in leftover])
            logger.info("handed back %d unfinished jobs", count)

    async def cancel(self, job_id: UUID) -> None:
        """Stop a running job that its person cancelled."""
        running = self._running.get(job_id)
        if running is not None:
            self._cancel(running)

    @property
    def running_by_type(self) -> Counter[str]:
        """How many jobs of each type run here."""
        return Counter(running.claimed.job_type for running in self._running.values())

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self.poll_seconds)
        self._wake.clear()

    async def fill_slots(self) -> None:
        """Claim as many due jobs as there are free slots, and start them."""
        self.last_poll = datetime.now(UTC)
        while (free := self.concurrency - len(self._running)) > 0 and not self._stop_wish.is_set():
            job_types = self._open_types()
            async with queue_session() as session:
                jobs = await client.claim_jobs(
                    session,
                    job_types,
                    min(free, self._most_of_one_type(job_types)),
                    worker_id=self.worker_id,
                    lease=self.lease,
                    max_priority=self.max_priority,
                )
            for job in jobs:
                self._start(job)
            if not jobs:
                return

    def _open_types(self) -> list[str]:
        """The types that may take one more slot: with two slots or more, no type may hold them all (queue.md 5.5)."""
        if self.concurrency < 2 or len(self.job_types) < 2:
            return list(self.job_types)
        held = self.running_by_type
        return [name for name in self.job_types if held[name] < self.concurrency - 1]

    def _most_of_one_type(self, open_types: list[str]) -> int:
        if self.concurrency < 2 or len(self.job_types) < 2:
            return self.concurrency
        held = self.running_by_type
        return max(1, min((self.concurrency - 1 - held[name] for name in open_types), default=1))

    def _start(self, claimed: ClaimedJob) -> None:
        task = asyncio.create_task(self._run(claimed), name=f"{claimed.job_type} {claimed.id}")
        self._running[claimed.id] = Running(claimed, task)
        task.add_done_callback(lambda _: self._ended(claimed.id))

    def _ended(self, job_id: UUID) -> None:
        self._running.pop(job_id, None)
        self._wake.set()

    def _held(self) -> list[ClaimedJob]:
        return [running.claimed for running in tuple(self._running.values())]

    def _on_beat(self, asked: list[ClaimedJob], held: dict[UUID, bool]) -> None:
        """Called on the event loop with what the heartbeat learned: lost leases and wishes to cancel."""
        for claimed in asked:
            running = self._running.get(claimed.id)
            if running is None or running.claimed.lease_token != claimed.lease_token or running.task.done():
                continue
            if claimed.id not in held:
                logger.warning("lost the lease of job %s", claimed.id)
                running.lost = True
                running.task.cancel()
            elif held[claimed.id]:
                self._cancel(running)

    def _cancel(self, running: Running) -> None:
        """Once only: a second cancel would interrupt the writing of the first one's end."""
        if not running.cancelled and not running.task.done():
            running.cancelled = True
            running.task.cancel()

    async def _run(self, claimed: ClaimedJob) -> None:
        started = time.monotonic()
        job: Job | None = None
        try:
            job = Job.load(claimed.job_type, claimed.payload)
            context = RunContext(claimed, self.ports)
            async with asyncio.timeout(job.timeout):
                result = await job.run(context)
            if not context.completed:
                async with queue_session() as session:
                    if not await client.complete_job(session, claimed, result):
                        raise LeaseLost(str(claimed.id))
            self._count(claimed, "completed", time.monotonic() - started)
            logger.info("%s %s completed in %.2f s", claimed.job_type, claimed.id, time.monotonic() - started)
        except asyncio.CancelledError:
            running = self._running.get(claimed.id)
            if running is None or running.lost:
                raise
            await self._fail(claimed, job, CancelRequested("Cancelled."))
        except Snooze as wish:
            async with queue_session() as session:
                await client.snooze_job(session, claimed, wish.until)
            self._count(claimed, "snoozed")
        except LeaseLost:
            self._count(claimed, "fenced")
            logger.warning("%s %s was taken over; its result was dropped", claimed.job_type, claimed.id)
        except Exception as error:  # noqa: BLE001 - a bug in a job must not end the worker
            await self._fail(claimed, job, error)

    def _count(self, claimed: ClaimedJob, outcome: str, seconds: float = 0.0) -> None:
        self.runs[claimed.job_type, outcome] += 1
        self.seconds[claimed.job_type] += seconds

    async def _fail(self, claimed: ClaimedJob, job: Job | None, error: BaseException) -> None:
        message = describe(error, job)
        retry_after = error.retry_after if isinstance(error, ServiceUnavailable) else None
        retry = is_retryable(error) and not isinstance(error, CancelRequested)
        log = logger.info if isinstance(error, CancelRequested | UserError) else logger.exception
        log("%s %s ended badly: %s", claimed.job_type, claimed.id, message)
        async with queue_session() as session:
            status = await client.fail_job(
                session,
                claimed,
                message,
                retry=retry,
                retry_in=timedelta(seconds=retry_after) if retry_after else None,
            )
            self._count(claimed, status)
            if status != "cancelled":
                log_failed_run(
                    session,
                    error,
                    message,
                    user_id=claimed.user_id,
                    job_id=claimed.id,
                    job_type=claimed.job_type,
                    attempt=claimed.attempts + 1,
                    outcome=status,
                )
            if status == "failed" and job is not None and claimed.user_id is not None:
                event = job.failure_event(message)
                if event is not None:
                    notify(session, claimed.user_id, event)


class RunContext(JobContext):
    """The context of one run."""

    def __init__(self, claimed: ClaimedJob, ports: Ports) -> None:
        if claimed.user_id is None:
            raise UserError("This job belongs to nobody.")
        self.job_id = claimed.id
        self.user_id = claimed.user_id
        self.attempt = claimed.attempts + 1
        self.ports = ports
        self.completed = False
        self._claimed = claimed
        self._percent = 0

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """See JobContext."""
        return user_session(self.user_id)

    async def progress(self, step: int, steps: int, message: str) -> None:
        """See JobContext. The percentage never goes back."""
        self._percent = max(self._percent, round(100 * (step - 1) / steps))
        values = {"step": step, "steps": steps, "message": message, "percent": self._percent}
        async with queue_session() as session:
            if not await client.set_progress(session, self._claimed, values):
                raise LeaseLost(str(self.job_id))

    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        """See JobContext. For this one statement the transaction goes back to the worker's own role."""
        await session.flush()
        async with as_worker(session):
            if not await client.complete_job(session, self._claimed, result):
                raise LeaseLost(str(self.job_id))
        self.completed = True


def describe(error: BaseException, job: Job | None) -> str:
    """What is stored and shown of a failure: our own words, or for a bug nothing that could hold a secret."""
    if isinstance(error, TimeoutError) and job is not None:
        return f"It took longer than {job.timeout:.0f} s and was stopped."
    if isinstance(error, CancelRequested | UserError):
        return str(error)
    if type(error).__module__ == "buildos_app.errors":
        return str(error)
    return f"Something went wrong ({type(error).__name__})."
