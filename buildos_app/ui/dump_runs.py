"""Reading a dump while its person watches: the run belongs to the process, tabs only follow it.

So a reload, a second tab or a lost socket never stops or doubles a run; its result is in the database when it ends.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import get_args
from uuid import UUID

from buildos_app.brain_dumps.limits import READ_AT_ONCE, WAITING
from buildos_app.brain_dumps.reading import Settled, read_dump
from buildos_app.brain_dumps.review import save_failure
from buildos_app.brain_dumps.steps import Failed, Stage, Step
from buildos_app.brain_dumps.turns import Place, is_full
from buildos_app.db.session import user_session
from buildos_app.errors import Conflict, UserError
from buildos_app.ports import Ports
from buildos_app.ui.push import hub

logger = logging.getLogger(__name__)

STAGES = get_args(Stage)


@dataclass
class Run:
    """One run: its newest step per stage, and whether it has ended."""

    dump_id: UUID
    user_id: UUID
    steps: dict[str, Step] = field(default_factory=dict)
    error: str = ""
    waits: bool = False
    settled: Settled | None = None
    ended: bool = False
    version: int = 0
    task: asyncio.Task[None] | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def newest_message(self) -> str:
        """What is being done, in words for the person."""
        if self.waits:
            return "Waits for its turn"
        running = [step.message for step in self.steps.values() if step.status == "running"]
        return running[-1] if running else ""

    @property
    def percent(self) -> int:
        """How much of the reading is done, by stages."""
        ended = sum(step.status not in ("pending", "running") for step in self.steps.values())
        return round(100 * ended / len(STAGES))

    async def follow(self) -> AsyncIterator["Run"]:
        """Yield at once, then after each change until the end; changes that come together are one."""
        seen = -1
        while True:
            async with self.changed:
                while self.version == seen:
                    await self.changed.wait()
                seen = self.version
            yield self
            if self.ended:
                return

    async def _tell(self) -> None:
        async with self.changed:
            self.version += 1
            self.changed.notify_all()


_runs: dict[UUID, Run] = {}
TOO_MANY = f"{READ_AT_ONCE + WAITING} dumps are being read already. This one is kept; you are told when it is read."


def find_run(dump_id: UUID, user_id: UUID) -> Run | None:
    """The run of this dump in this process, if it goes on and belongs to this person."""
    run = _runs.get(dump_id)
    return run if run is not None and run.user_id == user_id else None


def runs_of(user_id: UUID) -> list[Run]:
    """The runs of a person in this process, the first one first."""
    return [run for run in _runs.values() if run.user_id == user_id]


def start_run(dump_id: UUID, user_id: UUID, ports: Ports) -> Run:
    """Begin to read a dump, or join the run that goes on: three at once, five wait. Raises Conflict beyond that."""
    run = find_run(dump_id, user_id)
    if run is not None:
        return run
    if is_full(user_id):
        raise Conflict(TOO_MANY)
    place = Place(user_id)
    run = _runs[dump_id] = Run(dump_id, user_id, waits=place.waits)
    run.task = asyncio.create_task(_read(run, place, ports), name=f"dump {dump_id}")
    return run


async def cancel_run(run: Run) -> None:
    """Stop the model's work; the dump keeps its text."""
    if run.task is not None:
        run.task.cancel()
        await asyncio.wait([run.task])


async def _read(run: Run, place: Place, ports: Ports) -> None:
    try:
        with place:
            await hub.wake(str(run.user_id))
            async with place.turn:
                run.waits = False
                await _read_now(run, ports)
    except asyncio.CancelledError:
        await _end_badly(run, "Stopped. Your text is kept.")
    except Conflict:
        logger.info("dump %s was read by another run", run.dump_id)
    except UserError as error:
        run.error = str(error)
    except Exception:
        logger.exception("reading a dump failed", extra={"dump_id": str(run.dump_id)})
        await _end_badly(run, "Something went wrong while reading. Your text is kept; try again.")
    finally:
        _runs.pop(run.dump_id, None)
        run.ended = True
        await run._tell()
        await hub.wake(str(run.user_id))


async def _end_badly(run: Run, message: str) -> None:
    run.error = message
    async with user_session(run.user_id) as session:
        await save_failure(session, run.dump_id, message)


async def _read_now(run: Run, ports: Ports) -> None:
    steps = read_dump(run.user_id, run.dump_id, ports, lambda: user_session(run.user_id))
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Failed):
                run.error = step.message
            elif isinstance(step, Settled):
                run.settled = step
            else:
                before, run.steps[step.stage] = run.steps.get(step.stage), step
                if before is None or before.status != step.status:
                    await hub.wake(str(run.user_id))
            await run._tell()
