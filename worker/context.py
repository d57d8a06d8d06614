"""What a run may touch."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.session import user_session
from buildos_app.errors import UserError
from buildos_app.monitoring.llm import for_person
from buildos_app.ports import Ports
from buildos_app.queue import client
from buildos_app.queue.connection import QueueConnection
from buildos_app.queue.holding import ClaimedJob, set_progress
from buildos_app.queue.job import JobContext, LeaseLost


class RunContext(JobContext):
    """The context of one run; `connection` is for its progress."""

    def __init__(self, claimed: ClaimedJob, ports: Ports, connection: QueueConnection) -> None:
        if claimed.user_id is None:
            raise UserError("This job belongs to nobody.")
        self.job_id = claimed.id
        self.user_id = claimed.user_id
        self.attempt = claimed.attempts + 1
        self._ports = ports
        self.completed = False
        self._claimed = claimed
        self._connection = connection
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
        values = {"current": step, "total": steps, "message": message, "percent": self._percent}
        if not await set_progress(self._connection, self._claimed, values):
            raise LeaseLost(str(self.job_id))

    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        """See JobContext. For this one statement the transaction goes back to the worker's own role."""
        await session.flush()
        if not await client.complete_job(session, self._claimed, result):
            raise LeaseLost(str(self.job_id))
        self.completed = True
