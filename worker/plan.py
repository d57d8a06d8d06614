"""What to claim next: enough for the free slots, and of fast types some more. Nothing here touches the database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

WEIGHT = 0.1
"""Of the newest run in a type's moving average."""
AHEAD_SECONDS = 0.05
MOST_AHEAD = 2000
SLOW_SECONDS = 1.0


class Wish(NamedTuple):
    """How many jobs of each type to claim, how many in all, and at how many waiting jobs to ask again."""

    limits: dict[str, int]
    batch_size: int
    refill_at: int


@dataclass
class Plan:
    """The slots of a worker, the types that it serves, and how long the jobs of each take."""

    job_types: Sequence[str]
    concurrency: int
    _seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        several = self.concurrency > 1 and len(self.job_types) > 1
        self.most_of_one_type = self.concurrency - 1 if several else self.concurrency
        """With two slots or more, no type may hold them all: one is kept for the others (queue.md 5.5)."""

    def note(self, job_type: str, seconds: float) -> None:
        """A run took so long."""
        average = self._seconds.get(job_type)
        self._seconds[job_type] = seconds if average is None else average + WEIGHT * (seconds - average)

    def ahead(self, job_type: str, slots: int) -> int:
        """What `slots` slots do of this type in 50 ms, at most 2,000.

        Nothing of a type that is slow, or was never run here: long jobs are not hoarded.
        """
        seconds = self._seconds.get(job_type, SLOW_SECONDS)
        return 0 if seconds >= SLOW_SECONDS else int(min(MOST_AHEAD, slots * AHEAD_SECONDS / max(seconds, 1e-6)))

    def wish(self, running: Counter[str], waiting: Counter[str], soon_free: int) -> Wish | None:
        """What to claim beside these jobs, of which `soon_free` will end in a moment; None while there is enough to do.

        A slow type may claim one job into the line of the fast ones, so that it is not passed for ever.
        """
        idle = self.concurrency - running.total()
        free = idle - waiting.total()
        ahead = {name: self.ahead(name, idle + soon_free) for name in self.job_types}
        most_ahead = max(ahead.values(), default=0)
        room = free + most_ahead
        if room <= 0 or (free <= 0 and room < most_ahead / 2):
            return None
        held = running + waiting
        limits = {
            name: room if ahead[name] else min(max(free, 1), self.most_of_one_type - held[name])
            for name in self.job_types
            if ahead[name] or held[name] < self.most_of_one_type
        }
        return Wish(limits, room, most_ahead // 2) if limits else None
