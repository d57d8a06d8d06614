"""The queue monitor: depth, age, rates, durations, failures, workers; failed jobs and their retry."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import reflex as rx

from buildos_app.clock import now
from buildos_app.errors import InvalidInput
from buildos_app.phrases.text import counted
from buildos_app.queue.client import retry_jobs
from buildos_app.queue.overview import (
    Bucket,
    FailedJob,
    Overview,
    TypeLine,
    WorkerView,
    list_failed_jobs,
    read_overview,
)
from buildos_app.ui.figures import seconds_words
from buildos_app.ui.inbox import say
from buildos_app.ui.session import AdminState, parse_id
from buildos_app.ui.views import ago_words

PAGE = 50
RANGES = {
    "hour": (timedelta(minutes=1), 60),
    "day": (timedelta(minutes=30), 48),
    "week": (timedelta(hours=3), 56),
    "month": (timedelta(hours=12), 60),
}
STALE = timedelta(minutes=3)


@dataclass(frozen=True)
class Tile:
    """One figure on top."""

    label: str
    value: str
    detail: str
    tone: str = "plain"


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: heights in percent of the highest, and what it says when pointed at."""

    good: int
    bad: int
    title: str


@dataclass(frozen=True)
class TypeRow:
    """A job type with its figures, as texts."""

    name: str
    waiting: str
    oldest: str
    running: str
    completed: str
    retried: str
    failed: str
    duration: str
    is_failing: bool


@dataclass(frozen=True)
class WorkerRow:
    """A worker that is alive."""

    id: str
    name: str
    lane: str
    detail: str


@dataclass(frozen=True)
class FailedRow:
    """A job that failed for good."""

    id: str
    job_type: str
    message: str
    detail: str


class QueueState(AdminState):
    """What the queue does, read from counts and samples."""

    loaded: bool = False
    range: str = "day"
    sampled: str = ""
    is_stale: bool = False
    tiles: list[Tile] = []
    ended: list[Bar] = []
    depth: list[Bar] = []
    durations: list[Bar] = []
    failures: list[Bar] = []
    types: list[TypeRow] = []
    workers: list[WorkerRow] = []
    failed: list[FailedRow] = []
    failed_type: str = ""
    selected: list[str] = []
    has_more: bool = False

    @rx.event
    async def load(self):
        """Read the figures, then the first page of failed jobs."""
        step, bars = RANGES[self.range]
        since = _aligned(now(), step) - step * (bars - 1)
        async with self._admin_db("see the queue") as session:
            overview = await read_overview(session, since, step, bars)
            failed = await list_failed_jobs(session, limit=PAGE + 1, job_type=self.failed_type)
        self._show(overview)
        self.failed, self.selected = [], []
        self._append(failed)
        self.loaded = True

    @rx.event
    async def choose_range(self, name: str):
        """Another stretch of time."""
        if name not in RANGES:
            raise InvalidInput("Choose one of the ranges.")
        self.range = name
        return QueueState.load

    @rx.event
    async def choose_type(self, job_type: str):
        """Failed jobs of one type; empty for all."""
        self.failed_type = job_type[:64]
        return QueueState.load

    @rx.event
    async def more(self):
        """The next page of failed jobs."""
        async with self._admin_db("see failed jobs") as session:
            before = parse_id(self.failed[-1].id) if self.failed else None
            found = await list_failed_jobs(session, limit=PAGE + 1, before=before, job_type=self.failed_type)
        self._append(found)

    @rx.event
    async def select(self, job_id: str):
        """Mark a failed job for the retry, or unmark it."""
        shown = {row.id for row in self.failed}
        if job_id in self.selected:
            self.selected = [each for each in self.selected if each != job_id]
        elif job_id in shown:
            self.selected = [*self.selected, job_id]

    @rx.event
    async def select_all(self):
        """Mark every failed job that is shown, or none when all are."""
        self.selected = [] if len(self.selected) == len(self.failed) else [row.id for row in self.failed]

    @rx.event
    async def retry_selected(self):
        """Add the marked jobs again."""
        ids = [parse_id(job_id) for job_id in self.selected]
        await self._retry(ids)
        return QueueState.load

    async def _retry(self, ids: list[UUID]) -> None:
        async with self._admin_db("retry failed jobs") as session:
            count = await retry_jobs(session, ids)
        await say(self, f"{counted(count, 'job')} added again")

    def _append(self, found: list[FailedJob]) -> None:
        self.has_more = len(found) > PAGE
        self.failed = [*self.failed, *(_failed_row(item) for item in found[:PAGE])]

    def _show(self, overview: Overview) -> None:
        at = overview.sampled_at
        self.sampled = f"as of {ago_words(at, now())}" if at else "no sample yet"
        self.is_stale = at is None or now() - at > STALE
        self.tiles = _tiles(overview)
        buckets, step = overview.buckets, RANGES[self.range][0]
        self.ended = _bars(buckets, step, "completed", "failed", "{good:,} completed, {bad:,} failed")
        self.depth = _bars(buckets, step, "waiting", "", "{good:,} waited")
        self.failures = _bars(buckets, step, "retried", "failed", "{good:,} tried again, {bad:,} failed")
        self.durations = _duration_bars(buckets, step)
        self.types = [_type_row(line) for line in overview.types]
        self.workers = [_worker_row(item) for item in overview.workers]


def _aligned(moment: datetime, step: timedelta) -> datetime:
    seconds = int(step.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, tz=moment.tzinfo)


def _tiles(overview: Overview) -> list[Tile]:
    lines = overview.types
    oldest = min((line.oldest_at for line in lines if line.oldest_at), default=None)
    age = (now() - oldest).total_seconds() if oldest else 0
    failed, alive = sum(line.failed for line in lines), len(overview.workers)
    later = sum(line.scheduled for line in lines)
    slots = sum(worker.concurrency for worker in overview.workers)
    return [
        Tile(
            "Waiting",
            f"{sum(line.waiting for line in lines):,}",
            f"{later:,} for later",
        ),
        Tile("Oldest", seconds_words(age) if oldest else "none", "in line", "warn" if age > 300 else "plain"),
        Tile("Running", f"{sum(line.running for line in lines):,}", f"{slots:,} slots"),
        Tile("Completed", f"{sum(line.completed for line in lines):,}", "in this range", "good"),
        Tile("Failed", f"{failed:,}", "for good, in this range", "bad" if failed else "plain"),
        Tile("Workers", f"{alive}", "alive" if alive else "none: nothing runs", "plain" if alive else "bad"),
    ]


def _bars(buckets: list[Bucket], step: timedelta, good: str, bad: str, words: str) -> list[Bar]:
    values = [(getattr(bucket, good), getattr(bucket, bad) if bad else 0) for bucket in buckets]
    top = max((sum(pair) for pair in values), default=0) or 1
    return [
        Bar(
            _percent(pair[0], top),
            _percent(pair[1], top),
            f"{_when(bucket.at, step)}: {words.format(good=pair[0], bad=pair[1])}",
        )
        for bucket, pair in zip(buckets, values, strict=True)
    ]


def _duration_bars(buckets: list[Bucket], step: timedelta) -> list[Bar]:
    values = [bucket.seconds / bucket.completed if bucket.completed else 0.0 for bucket in buckets]
    top = max(values, default=0) or 1
    return [
        Bar(_percent(value, top), 0, f"{_when(bucket.at, step)}: {seconds_words(value)} each")
        for bucket, value in zip(buckets, values, strict=True)
    ]


def _percent(value: float, top: float) -> int:
    """A bar that is there at all can be seen."""
    return max(2, round(100 * value / top)) if value else 0


def _when(moment: datetime, step: timedelta) -> str:
    return f"{moment:%H:%M} UTC" if step < timedelta(hours=1) else f"{moment.day} {moment:%b, %H:%M} UTC"


def _type_row(line: TypeLine) -> TypeRow:
    oldest = seconds_words((now() - line.oldest_at).total_seconds()) if line.oldest_at else "–"
    return TypeRow(
        line.job_type,
        f"{line.waiting:,}",
        oldest,
        f"{line.running:,}",
        f"{line.completed:,}",
        f"{line.retried:,}",
        f"{line.failed:,}",
        seconds_words(line.average_seconds) if line.completed else "–",
        bool(line.failed),
    )


def _worker_row(worker: WorkerView) -> WorkerRow:
    urgent = f"priorities 1 to {worker.max_priority}" if 0 < worker.max_priority < 100 else "every priority"
    detail = f"{worker.running} of {worker.concurrency} slots busy · up since {ago_words(worker.started_at, now())}"
    return WorkerRow(
        str(worker.worker_id),
        f"{worker.host}, process {worker.pid}",
        f"{urgent} · {', '.join(worker.job_types)}",
        detail,
    )


def _failed_row(job: FailedJob) -> FailedRow:
    detail = f"{job.email or 'nobody'} · {ago_words(job.failed_at, now())} · {counted(job.attempts, 'attempt')}"
    return FailedRow(str(job.id), job.job_type, job.message or "It gave no reason.", detail)
