"""The slots of a worker: they run claimed jobs side by side, and each goes on with the next job that waits.

load → run → complete | fail. What a slot saves of a job's end is never interrupted; the job's own code is, by a
timeout, by its person's wish, when its lease is lost and when the worker stops.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from buildos_app.db.session import queue_session
from buildos_app.ports import Ports
from buildos_app.queue import client
from buildos_app.queue.connection import QueueConnection
from buildos_app.queue.holding import ClaimedJob, EndedJob
from buildos_app.queue.job import Job, LeaseLost, Snooze
from worker.acknowledger import Acknowledger
from worker.context import RunContext
from worker.ends import CancelRequested, fail, hand_back
from worker.plan import Plan

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.001
"""After so long without a pause, jobs that never wait let claims, acknowledgements and everything else go first."""
YOUNG_SECONDS = 0.05
"""A run that is younger than this may be done in a moment."""
TICK_SECONDS = 0.1
"""How exactly timeouts are kept. One look at all runs is cheaper than a timer for each."""


class Lost(Exception):
    """Why a run is stopped: the job is somebody else's, or is given back."""


@dataclass(slots=True)
class Run:
    """A job in a slot; `deadline` is set while the job's own code runs, and only then it may be stopped, once."""

    claimed: ClaimedJob
    task: asyncio.Task[None]
    begun: float
    deadline: float | None = None
    stopped_by: BaseException | None = None

    def stop(self, reason: BaseException) -> None:
        """Interrupt the job's own code. A second interruption would stop the writing of the first one's end."""
        if self.stopped_by is None and self.deadline is not None:
            self.stopped_by = reason
            self.task.cancel()


class Waiting(NamedTuple):
    """A claimed job that no slot has begun."""

    claimed: ClaimedJob
    since: float


@dataclass
class Slots:
    """`connection` is for the progress and the end of jobs, and `on_end` is called after each of them.

    `runs` counts by (job type, outcome), `seconds` by job type.
    """

    ports: Ports
    plan: Plan
    connection: QueueConnection
    on_end: Callable[[], None]
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    waiting: deque[Waiting] = field(default_factory=deque)
    running: dict[int, Run] = field(default_factory=dict)
    running_by_type: Counter[str] = field(default_factory=Counter)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _ticking: bool = False
    _turn_ends: float = 0.0
    _between_jobs: int = 0
    _recruiting: bool = False

    def __post_init__(self) -> None:
        self.acknowledger = Acknowledger(self.connection, self._completed, self._refused)

    def accept(self, jobs: Sequence[ClaimedJob]) -> None:
        """Run these jobs as soon as there are slots for them."""
        now = time.monotonic()
        self.waiting.extend(Waiting(job, now) for job in jobs)
        self._recruit()

    def soon_free(self) -> int:
        """How many slots may be free in a moment."""
        now = time.monotonic()
        return sum(1 for run in self.running.values() if now - run.begun < YOUNG_SECONDS)

    def held(self) -> list[ClaimedJob]:
        """Every job that waits, runs or is being completed here; asked by the heartbeat's thread."""
        running = [run.claimed for run in tuple(self.running.values())]
        return [*running, *(waiting.claimed for waiting in tuple(self.waiting)), *self.acknowledger.held()]

    def lose(self, claimed: ClaimedJob) -> None:
        """Stop a job whose lease is lost."""
        self.forget(claimed)
        if (run := self.running.get(claimed.lease_token)) is not None:
            logger.warning("lost the lease of job %s", claimed.id)
            run.stop(Lost())

    def cancel(self, claimed: ClaimedJob) -> None:
        """Stop a job that its person cancelled."""
        reason = CancelRequested("Cancelled.")
        if self.forget(claimed):
            self._later(self._fail(claimed, None, reason))
        elif (run := self.running.get(claimed.lease_token)) is not None:
            run.stop(reason)

    def forget(self, claimed: ClaimedJob) -> bool:
        """Drop a job that waits for a slot; was it there?"""
        for waiting in self.waiting:
            if waiting.claimed.lease_token == claimed.lease_token:
                self.waiting.remove(waiting)
                return True
        return False

    async def hand_back_waiting(self, longer_than: float = 0.0) -> None:
        """Give back the jobs that have waited here for longer than so many seconds."""
        latest = time.monotonic() - longer_than
        stale = [waiting.claimed for waiting in self.waiting if waiting.since <= latest]
        for claimed in stale:
            self.forget(claimed)
        await hand_back(stale)

    async def drain(self, grace: float) -> None:
        """Give back what waits, and let what runs end, up to `grace` seconds; then stop the rest and give it back."""
        await self.hand_back_waiting()
        tasks = set(self._tasks)
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=grace)
        for run in self.running.values():
            run.stop(Lost())
        leftover = [run.claimed for run in self.running.values() if isinstance(run.stopped_by, Lost)]
        await asyncio.wait(tasks)
        await hand_back(leftover)

    def _next(self) -> ClaimedJob | None:
        """The first waiting job whose type may take one more slot."""
        for position, (claimed, _) in enumerate(self.waiting):
            if self.running_by_type[claimed.job_type] < self.plan.most_of_one_type:
                del self.waiting[position]
                return claimed
        return None

    def _begin(self, claimed: ClaimedJob, task: asyncio.Task[None]) -> Run:
        run = Run(claimed, task, time.monotonic())
        self.running[claimed.lease_token] = run
        self.running_by_type[claimed.job_type] += 1
        if not self._ticking:
            self._ticking = True
            asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        return run

    def _tick(self) -> None:
        """Stop what has taken too long."""
        now = time.monotonic()
        for run in self.running.values():
            if run.deadline is not None and now >= run.deadline:
                run.stop(TimeoutError())
        self._ticking = bool(self.running)
        if self._ticking:
            asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _recruit(self) -> None:
        """Have one more slot begin, if one is free: each begins the next, so jobs that never wait share a slot."""
        if not self._recruiting and len(self.running) < self.plan.concurrency and (claimed := self._next()) is not None:
            self._recruiting = True
            self._begin(claimed, self._later(self._serve(claimed)))

    async def _serve(self, claimed: ClaimedJob) -> None:
        """One slot: a job, and the next one that waits, until there is none."""
        self._recruiting = False
        run = self.running[claimed.lease_token]
        while True:
            self._recruit()
            try:
                await self._run(run)
            except Exception:
                logger.exception("the end of job %s could not be saved: it runs again after its lease", run.claimed.id)
            finally:
                del self.running[run.claimed.lease_token]
                self.running_by_type[run.claimed.job_type] -= 1
                self.on_end()
            if time.monotonic() > self._turn_ends:
                await self._let_others_go_first()
            if self._between_jobs or (following := self._next()) is None:
                return
            run = self._begin(following, run.task)

    async def _let_others_go_first(self) -> None:
        self._between_jobs += 1
        await asyncio.sleep(0)
        self._between_jobs -= 1
        self._turn_ends = time.monotonic() + TURN_SECONDS

    async def _run(self, run: Run) -> None:
        claimed = run.claimed
        job: Job | None = None
        try:
            job = Job.load(claimed.job_type, claimed.payload)
            context = RunContext(claimed, self.ports, self.connection)
            run.deadline = run.begun + job.timeout
            try:
                result = await job.run(context)
            finally:
                run.deadline = None
            self._well_done(run, result, saved=context.completed)
        except asyncio.CancelledError:
            if run.stopped_by is None:
                raise
            run.task.uncancel()
            if not isinstance(run.stopped_by, Lost):
                await self._fail(claimed, job, run.stopped_by)
        except Snooze as wish:
            async with queue_session() as session:
                await client.snooze_job(session, claimed, wish.until)
            self._count(claimed, "snoozed")
        except LeaseLost:
            self._count(claimed, "fenced")
            logger.warning("%s %s was taken over; its result was dropped", claimed.job_type, claimed.id)
        except Exception as error:  # noqa: BLE001 - a bug in a job must not end the worker
            await self._fail(claimed, job, error)

    def _well_done(self, run: Run, result: dict[str, Any] | None, *, saved: bool) -> None:
        seconds = time.monotonic() - run.begun
        ended = EndedJob(run.claimed, result, seconds)
        self.plan.note(run.claimed.job_type, seconds)
        if saved:
            self._completed([ended], fenced=())
        else:
            self.acknowledger.add(ended)

    def _completed(self, saved: Sequence[EndedJob], fenced: Collection[UUID]) -> None:
        """Count and log jobs that went well: their end is saved, or another lease held them."""
        counts = Counter(job.claimed.job_type for job in saved)
        for job_type, count in counts.items():
            self.runs[job_type, "completed"] += count
        for job in saved:
            self.seconds[job.claimed.job_type] += job.seconds
        if len(saved) == 1:
            (job,) = saved
            logger.info("%s %s completed in %.2f s", job.claimed.job_type, job.claimed.id, job.seconds)
        elif saved:
            logger.info("completed %s", ", ".join(f"{count} {job_type}" for job_type, count in counts.items()))
        for job_id in fenced:
            logger.warning("job %s was taken over; its result was dropped", job_id)

    async def _refused(self, claimed: ClaimedJob, error: Exception) -> None:
        await self._fail(claimed, None, error)

    async def _fail(self, claimed: ClaimedJob, job: Job | None, error: BaseException) -> None:
        self._count(claimed, await fail(claimed, job, error))

    def _count(self, claimed: ClaimedJob, outcome: str) -> None:
        self.runs[claimed.job_type, outcome] += 1

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
