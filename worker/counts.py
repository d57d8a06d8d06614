"""What this worker did, written down three times a minute: the queue's own tables are not touched for statistics.

A worker that is killed takes the counts of its last seconds with it; its jobs are safe, and run again.
"""

import logging
from collections import Counter
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from buildos_app.db.session import queue_session
from worker.slots import Slots

logger = logging.getLogger(__name__)

_ADD = sa.text(
    "INSERT INTO queue_counts AS c (bucket, job_type, outcome, runs, seconds)"
    " SELECT date_trunc('minute', now()), job_type, outcome, runs, seconds"
    " FROM unnest(:job_types, :outcomes, :runs, :seconds) n (job_type, outcome, runs, seconds)"
    " ON CONFLICT (bucket, job_type, outcome) DO UPDATE SET"
    " runs = c.runs + excluded.runs, seconds = c.seconds + excluded.seconds"
).bindparams(
    sa.bindparam("job_types", type_=ARRAY(sa.Text)),
    sa.bindparam("outcomes", type_=ARRAY(sa.Text)),
    sa.bindparam("runs", type_=ARRAY(sa.BigInteger)),
    sa.bindparam("seconds", type_=ARRAY(sa.Float)),
)
_BEAT = sa.text(
    "UPDATE queue_workers SET beat_at = now(), running = :running, max_priority = :max_priority,"
    " concurrency = :concurrency, stopped_at = CASE WHEN :stopped THEN now() END WHERE worker_id = :worker_id"
)


class Counts:
    """The counts of one worker since they were last written."""

    def __init__(self, worker_id: UUID, slots: Slots, *, max_priority: int) -> None:
        self._lane = {"worker_id": worker_id, "max_priority": max_priority, "concurrency": slots.plan.concurrency}
        self._slots = slots
        self._runs: Counter[tuple[str, str]] = Counter()
        self._seconds: Counter[str] = Counter()

    async def write(self, *, stopped: bool = False) -> None:
        """Add what is new to the minute, and say that the worker is alive. What fails is added the next time."""
        runs = Counter(self._slots.runs)
        seconds: Counter[str] = Counter()
        seconds.update(self._slots.seconds)
        new = {key: count - self._runs[key] for key, count in runs.items() if count > self._runs[key]}
        spent = [
            float(seconds[job_type] - self._seconds[job_type]) if outcome == "completed" else 0.0
            for job_type, outcome in new
        ]
        try:
            async with queue_session() as session:
                if new:
                    job_types, outcomes = zip(*new, strict=True)
                    values = {"job_types": job_types, "outcomes": outcomes, "runs": new.values(), "seconds": spent}
                    await session.execute(_ADD, {name: list(value) for name, value in values.items()})
                beat = {"running": len(self._slots.running), "stopped": stopped, **self._lane}
                await session.execute(_BEAT, beat)
        except (DBAPIError, OSError) as error:
            logger.warning("the counts of this worker could not be written: %s", type(error).__name__)
            return
        self._runs, self._seconds = runs, seconds
