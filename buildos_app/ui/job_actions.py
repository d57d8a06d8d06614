"""What a person can do about a job, wherever they see it; its announcement then brings every tab up to date."""

import reflex as rx

from buildos_app.queue.client import cancel_job, retry_job
from buildos_app.queue.queries import get_job
from buildos_app.ui.dump_runs import cancel_run, find_run
from buildos_app.ui.inbox import say
from buildos_app.ui.session import SessionState, parse_id


class JobActions(SessionState):
    """Cancel and retry."""

    @rx.event
    async def cancel(self, job_id: str):
        """Stop a job, or the reading of a dump; a running job ends at its next step."""
        run = find_run(parse_id(job_id), self._user_id)
        if run is not None:
            await cancel_run(run)
            await say(self, "Stopped. Your text is kept.")
            return
        async with self._db() as session:
            job = await get_job(session, parse_id(job_id))
            outcome = await cancel_job(session, job.id)
        said = {"cancelled": "Cancelled", "requested": "It stops as soon as it can"} if job.is_live else {}
        await say(self, said.get(outcome, f"It is {outcome} already"), "success" if outcome in said else "info")

    @rx.event
    async def retry(self, job_id: str):
        """A failed or cancelled job again, as a new one."""
        async with self._db() as session:
            job = await get_job(session, parse_id(job_id))
            await retry_job(session, job.id)
        await say(self, "It is tried again")
