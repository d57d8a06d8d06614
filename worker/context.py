"""What a run may touch."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.session import as_worker, queue_session, user_session
from buildos_app.errors import UserError
from buildos_app.monitoring.llm import for_person
from buildos_app.ports import Ports
from buildos_app.queue import client
from buildos_app.queue.holding import ClaimedJob
from buildos_app.queue.job import JobContext, LeaseLost


class RunContext(JobContext):
    """The context of one run."""

    def __init__(self, claimed: ClaimedJob, ports: Ports) -> None:
        if claimed.user_id is None:
            raise UserError("This job belongs to nobody.")
        self.job_id = claimed.id
        self.user_id = claimed.user_id
        self.attempt = claimed.attempts + 1
        self._ports = ports
        self.completed = False
        self._claimed = claimed
        self._percent = 0

    @cached_property
    def ports(self) -> Ports:  # type: ignore[override]
        """See JobContext. The language model is the person's own: its calls are logged and capped."""
        return replace(self._ports, llm=for_person(self._ports.llm, self.user_id, job_id=self.job_id))

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """See JobContext."""
        return user_session(self.user_id)

    async def progress(self, step: int, steps: int, message: str) -> None:
        """See JobContext. The percentage never goes back."""
        self._percent = max(self._percent, round(100 * (step - 1) / steps))
        values = {"step": step, "steps": steps, "message": message, "percent": self._percent}
        async with queue_session() as session:
            if not await client.set_progress(session, self._claimed, values):
                raise LeaseLost(str(self.job_id))

    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        """See JobContext. For this one statement the transaction goes back to the worker's own role."""
        await session.flush()
        async with as_worker(session):
            if not await client.complete_job(session, self._claimed, result):
                raise LeaseLost(str(self.job_id))
        self.completed = True
