"""One dump from its text to review or to applied rows, whoever runs it: a page, a job, a program."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.brain_dumps.apply import Applied, apply
from buildos_app.brain_dumps.operations import ProposedOperation
from buildos_app.brain_dumps.pipeline import ATTEMPTS, process
from buildos_app.brain_dumps.review import load_dump_to_process, save_failure, save_proposal
from buildos_app.brain_dumps.steps import Failed, Proposed, Step
from buildos_app.errors import UserError
from buildos_app.models.brain_dump import BrainDump
from buildos_app.monitoring.errors import log_failure
from buildos_app.monitoring.llm import for_person
from buildos_app.notifications.events import BrainDumpApplied, BrainDumpReady
from buildos_app.notifications.notify import notify
from buildos_app.ports import Ports

OpenSession = Callable[[], AbstractAsyncContextManager[AsyncSession]]
MOST_ACCEPTED = 20


@dataclass(frozen=True)
class Settled:
    """The end: it waits for review, or was applied. `why` says why it was not applied although that was asked for."""

    proposed: Proposed
    applied: Applied | None
    why: str = ""


async def read_dump(
    user_id: UUID, dump_id: UUID, ports: Ports, open_session: OpenSession
) -> AsyncGenerator[Step | Settled | Failed]:
    """Load, read, save. Raises NotFound, and Conflict when it was read already.

    Closing the generator stops the model's work; the dump then stays as it was.
    """
    async with open_session() as session:
        dump = await load_dump_to_process(session, user_id, dump_id)
    llm = for_person(ports.llm, user_id, brain_dump_id=dump_id)
    offline = for_person(ports.offline, user_id, brain_dump_id=dump_id) if ports.offline else None
    async with aclosing(process(dump, llm, offline)) as steps:
        async for step in steps:
            match step:
                case Proposed():
                    async with open_session() as session:
                        settled = await settle(session, user_id, dump_id, step)
                    yield settled
                case Failed():
                    async with open_session() as session:
                        await save_failure(session, dump_id, step.message)
                        await log_failure(session, user_id, "brain_dump_not_read", step.message, attempt=ATTEMPTS)
                    yield step
                case _:
                    yield step


async def settle(session: AsyncSession, user_id: UUID, dump_id: UUID, proposed: Proposed) -> Settled:
    """Store the proposal; apply it at once where the person asked for that and it is safe (behaviour.md 2.12)."""
    dump = await save_proposal(session, user_id, dump_id, proposed)
    applied, why = None, ""
    if dump.auto_accept:
        why = why_not_accepted(proposed.proposal.operations)
        applied, why = await _apply_at_once(session, user_id, dump) if not why else (None, why)
    dump.parsed_results = {**dump.parsed_results, "not_accepted": why}
    count = len(proposed.proposal.operations)
    news = BrainDumpReady if applied is None else BrainDumpApplied
    notify(session, user_id, news(brain_dump_id=dump.id, title=dump.title, operation_count=count))
    return Settled(proposed, applied, why)


def why_not_accepted(operations: list[ProposedOperation]) -> str:
    """Why operations must be looked at before they are applied, or "". Nothing that a text says changes it. Pure."""
    if not operations:
        return "There is nothing to apply."
    if len(operations) > MOST_ACCEPTED:
        return f"More than {MOST_ACCEPTED} proposals are always yours to look at."
    if any(operation.error for operation in operations):
        return "A proposal needs a correction first."
    if any(operation.reasoning or not operation.enabled for operation in operations):
        return "A proposal needs your answer first."
    return ""


async def _apply_at_once(session: AsyncSession, user_id: UUID, dump: BrainDump) -> tuple[Applied | None, str]:
    try:
        async with session.begin_nested():
            return await apply(session, user_id, dump.id), ""
    except UserError as error:
        return None, str(error)
