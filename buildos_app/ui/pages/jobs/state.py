"""A person's jobs: what waits, what runs, what failed and why."""

from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import now, zone
from buildos_app.errors import InvalidInput
from buildos_app.models.queue import JobStatus
from buildos_app.queue.queries import ENDED, RUNNING, count_jobs, list_jobs
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.job_views import JobRow, job_row
from buildos_app.ui.session import SessionState

PAGE = 50
KINDS = {
    "all": (),
    "running": RUNNING,
    "failed": (JobStatus.FAILED,),
    "done": tuple(status for status in ENDED if status is not JobStatus.FAILED),
}


class JobsState(SessionState):
    """Jobs of one kind, the newest first, a page at a time. What changes is read again at each announcement."""

    loaded: bool = False
    jobs: list[JobRow] = []
    kind: str = "all"
    running: int = 0
    failed: int = 0
    has_more: bool = False
    _cursor: str = ""

    @rx.event
    async def load(self):
        """The first page, as many rows as are shown already."""
        await self._read(after="", limit=max(PAGE, min(len(self.jobs), 2 * PAGE)))

    @rx.event
    async def show(self, kind: str):
        """Only the jobs of one kind."""
        if kind not in KINDS:
            raise InvalidInput("Choose all, running, failed or done.")
        self.kind, self.jobs = kind, []
        await self._read(after="", limit=PAGE)

    @rx.event
    async def more(self):
        """The next page."""
        await self._read(after=self._cursor, limit=PAGE)

    async def _read(self, *, after: str, limit: int) -> None:
        before = UUID(after) if after else None
        async with self._db() as session:
            timezone = (await get_profile(session, self._user_id)).timezone
            found = await list_jobs(session, statuses=KINDS[self.kind], before=before, limit=limit + 1)
            self.running, self.failed = await count_jobs(session, RUNNING), await count_jobs(session, KINDS["failed"])
        rows = [job_row(job, now(), zone(timezone)) for job in found[:limit]]
        self.has_more = len(found) > limit
        self._cursor = str(found[limit - 1].id) if self.has_more else ""
        self.jobs = [*self.jobs, *rows] if after else rows
        self.loaded = True


read_again(routes.JOBS, JobsState.load, rows=())
