"""What each queue of the comparison must be able to do, and the program that does it in a process of its own.

`python side.py NAME ROLE ...` runs with the Python of that queue's own environment; it imports nothing of ours but its
neighbour `side_NAME.py`. The conductor (`__main__.py`) speaks to it by lines.
"""

import asyncio
import importlib
import json
import random
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

QUIET_SECONDS = 2.0
CALLERS = 20


class Side(ABC):
    """One queue, on the database at `url`. Every job's work is to append (its number, the moment) to `ran`."""

    concurrency = 50

    def __init__(self, url: str) -> None:
        self.url = url
        self.ran: list[tuple[int, float]] = []

    def run(self, number: int) -> None:
        """The job: all queues do the same nothing."""
        self.ran.append((number, time.monotonic()))

    @abstractmethod
    async def prepare(self) -> None:
        """Install the queue's tables."""

    @abstractmethod
    async def open(self) -> None:
        """Connect for adding."""

    @abstractmethod
    async def add(self, number: int) -> None:
        """Add one job and commit it."""

    @abstractmethod
    async def add_many(self, numbers: range) -> None:
        """Add jobs by the queue's fastest documented way."""

    @abstractmethod
    async def close(self) -> None:
        """Undo `open`."""

    @abstractmethod
    async def work(self, stop: asyncio.Event) -> None:
        """Be a worker until `stop` is set."""


async def add(side: Side, how: str, first: int, count: int) -> dict[str, object]:
    """Add jobs one by one, by 20 callers at once, in bulk, or now and then; what it took."""
    await side.open()
    await side.add(first - 1)
    committed: dict[int, float] = {}
    began = time.monotonic()
    if how == "bulk":
        await side.add_many(range(first, first + count))
    elif how == "callers":
        numbers = iter(range(first, first + count))

        async def caller() -> None:
            for number in numbers:
                await side.add(number)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))
    else:
        for number in range(first, first + count):
            if how == "now_and_then":
                await asyncio.sleep(random.uniform(0.02, 0.06))  # noqa: S311
            await side.add(number)
            committed[number] = time.monotonic()
    seconds = time.monotonic() - began
    await side.close()
    return {"seconds": seconds, "committed": committed}


async def work(side: Side, path: Path, enough: int) -> None:
    """Work from the line "go" to the line "stop".

    Say "quiet" when no job came for half a second after the first, or when `enough` jobs ran.
    """
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    stop = asyncio.Event()
    working = asyncio.create_task(side.work(stop))
    stopping = loop.run_in_executor(None, sys.stdin.readline)
    said = False
    while not stopping.done():
        await asyncio.sleep(0.05)
        ran = side.ran
        if not said and ran and (len(ran) >= enough or time.monotonic() - ran[-1][1] > QUIET_SECONDS):
            said = True
            print("quiet", flush=True)
    stop.set()
    await working
    await asyncio.to_thread(path.write_text, json.dumps(side.ran))
    print("stopped", flush=True)


def main() -> None:
    name, role, url, *rest = sys.argv[1:]
    side: Side = importlib.import_module(f"side_{name}").create(url)
    if role == "prepare":
        asyncio.run(side.prepare())
    elif role == "add":
        print(json.dumps(asyncio.run(add(side, rest[0], int(rest[1]), int(rest[2])))), flush=True)
    else:
        asyncio.run(work(side, Path(rest[0]), int(rest[1]) if len(rest) > 1 else sys.maxsize))


if __name__ == "__main__":
    sys.modules["side"] = sys.modules["__main__"]
    main()
