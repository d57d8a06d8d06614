"""Marked points of a worker, and what happens to the process that comes by one: it is killed or stopped there."""

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

KILLED_AT = (
    "before the claim",
    "after the claim",
    "before the outside effect",
    "after the outside effect",
    "before the rows",
    "after the rows",
    "before the commit",
    "after the commit",
    "before the acknowledgement",
    "after the acknowledgement",
    "before the failure is saved",
    "after the failure is saved",
    "tick begun",
    "tick done",
)
STOPPED_AT = ("before the outside effect", "after the outside effect", "after the rows", "before the acknowledgement")
"""Points at which no lock on the job's row is held: with one, another worker rightly leaves the job alone."""


@dataclass
class Trap:
    """At the `left`th passage of `point` the process gets the signal."""

    point: str = ""
    left: int = 0
    number: int = signal.SIGKILL


trap = Trap()


def mark(point: str) -> None:
    """The process is at this point now."""
    if point == trap.point:
        trap.left -= 1
        if trap.left == 0:
            os.kill(os.getpid(), trap.number)


def between(
    before: str, after: str, act: Callable[P, Awaitable[R]], *, counts: Callable[[R], object] = lambda _: True
) -> Callable[P, Awaitable[R]]:
    """The same act with a mark on each side; the second one only where its result counts."""

    async def marked(*args: P.args, **kwargs: P.kwargs) -> R:
        mark(before)
        result = await act(*args, **kwargs)
        if counts(result):
            mark(after)
        return result

    return marked
