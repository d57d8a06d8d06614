"""Reading a dump while its person watches: the run belongs to the process, tabs only follow it.

So a reload, a second tab or a lost socket never stops or doubles a run; its result is in the database when it ends.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from buildos_app.brain_dumps.pipeline import Failed, Proposed, Step, process
from buildos_app.brain_dumps.review import load_dump_to_process, save_failure, save_proposal
from buildos_app.db.session import user_session
from buildos_app.errors import Conflict, UserError
from buildos_app.monitoring.llm import for_person
from buildos_app.ports import LanguageModel

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """One run: its newest step per stage, and whether it has ended."""

    dump_id: UUID
    user_id: UUID
    steps: dict[str, Step] = field(default_factory=dict)
    error: str = ""
    ended: bool = False
    version: int = 0
    task: asyncio.Task[None] | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

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


def find_run(dump_id: UUID, user_id: UUID) -> Run | None:
    """The run of this dump in this process, if it goes on and belongs to this person."""
    run = _runs.get(dump_id)
    return run if run is not None and run.user_id == user_id else None


def start_run(dump_id: UUID, user_id: UUID, llm: LanguageModel) -> Run:
    """Begin to read a dump, or join the run that goes on."""
    run = find_run(dump_id, user_id)
    if run is None:
        run = _runs[dump_id] = Run(dump_id, user_id)
        llm = for_person(llm, user_id, brain_dump_id=dump_id)
        run.task = asyncio.create_task(_read(run, llm), name=f"dump {dump_id}")
    return run


async def cancel_run(run: Run) -> None:
    """Stop the model's work; the dump keeps its text."""
    if run.task is not None:
        run.task.cancel()
        await asyncio.wait([run.task])


async def _read(run: Run, llm: LanguageModel) -> None:
    try:
        async with user_session(run.user_id) as session:
            dump = await load_dump_to_process(session, run.user_id, run.dump_id)
        async for step in process(dump, llm):
            await _take(run, step, llm.name)
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


async def _end_badly(run: Run, message: str) -> None:
    run.error = message
    async with user_session(run.user_id) as session:
        await save_failure(session, run.dump_id, message)


async def _take(run: Run, step: Step | Proposed | Failed, engine: str) -> None:
    if isinstance(step, Proposed):
        async with user_session(run.user_id) as session:
            await save_proposal(session, run.user_id, run.dump_id, step.proposal, engine)
    elif isinstance(step, Failed):
        await _end_badly(run, step.message)
    else:
        run.steps[step.stage] = step
    await run._tell()
