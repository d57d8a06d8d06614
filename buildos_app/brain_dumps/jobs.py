"""The job that reads a dump when nobody watches."""

from typing import Any, ClassVar
from uuid import UUID

from buildos_app.brain_dumps.drafts import find_dump
from buildos_app.brain_dumps.reading import Settled, read_dump
from buildos_app.brain_dumps.steps import Failed
from buildos_app.errors import Conflict, ServiceUnavailable
from buildos_app.notifications.events import BrainDumpFailed, Event
from buildos_app.queue.job import Job, JobContext

STAGES = {"analysis": 1, "context": 2, "tasks": 2, "check": 3}


class ProcessBrainDump(Job):
    """Read a dump; it ends ready for review, or applied where its person asked for that and it is safe."""

    job_type: ClassVar[str] = "process_brain_dump"
    timeout: ClassVar[float] = 600.0

    brain_dump_id: UUID

    @property
    def dedup_key(self) -> str:
        """A dump is read once."""
        return str(self.brain_dump_id)

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return BrainDumpFailed(brain_dump_id=self.brain_dump_id, reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Read, telling each stage; a second run finds it read and changes nothing."""
        told = 0
        try:
            async for step in read_dump(ctx.user_id, self.brain_dump_id, ctx.ports, ctx.session):
                if isinstance(step, Failed):
                    raise ServiceUnavailable(step.message)
                if isinstance(step, Settled):
                    count = len(step.proposed.proposal.operations)
                    return {"operation_count": count, "applied": step.applied is not None}
                if STAGES[step.stage] > told:
                    told = STAGES[step.stage]
                    await ctx.progress(told, 4, step.message)
        except Conflict:
            async with ctx.session() as session:
                return {"status": (await find_dump(session, self.brain_dump_id)).status}
        return None
