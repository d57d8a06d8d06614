"""How a run that went badly ends: what is stored, logged and told."""

import logging
from datetime import timedelta

from buildos_app.db.engine import is_lost_connection
from buildos_app.db.session import queue_session
from buildos_app.errors import BuildOSError, ServiceUnavailable, UserError, is_retryable
from buildos_app.monitoring.errors import log_failed_run
from buildos_app.notifications.notify import notify
from buildos_app.queue import client
from buildos_app.queue.holding import ClaimedJob
from buildos_app.queue.job import Job


class CancelRequested(Exception):
    """The person asked to stop this job."""


logger = logging.getLogger(__name__)

SECONDS_AFTER_LOSS = 2.0
"""The next run after a lost database connection: it is back in seconds or not at all, and no service needs sparing."""


async def fail(claimed: ClaimedJob, job: Job | None, error: BaseException) -> str:
    """Save the failure and its log in one transaction; the job's status, or 'fenced' when another lease holds it."""
    message = describe(error, job)
    retry = is_retryable(error) and not isinstance(error, CancelRequested)
    level = logging.INFO if isinstance(error, CancelRequested | UserError) else logging.ERROR
    is_bug = not (isinstance(error, CancelRequested | BuildOSError | TimeoutError) or is_lost_connection(error))
    trace = error if is_bug else None
    logger.log(level, "%s %s ended badly: %s", claimed.job_type, claimed.id, message, exc_info=trace)
    async with queue_session() as session:
        status = await client.fail_job(session, claimed, message, retry=retry, retry_in=_retry_in(error))
        if status != "cancelled":
            log_failed_run(
                session,
                error,
                message,
                user_id=claimed.user_id,
                job_id=claimed.id,
                job_type=claimed.job_type,
                attempt=claimed.attempts + 1,
                outcome=status,
            )
        if status == "failed" and job is not None and claimed.user_id is not None:
            event = job.failure_event(message)
            if event is not None:
                notify(session, claimed.user_id, event)
    return status


def _retry_in(error: BaseException) -> timedelta | None:
    """When to try again, where the error knows better than the backoff."""
    if isinstance(error, ServiceUnavailable) and error.retry_after:
        return timedelta(seconds=error.retry_after)
    return timedelta(seconds=SECONDS_AFTER_LOSS) if is_lost_connection(error) else None


async def hand_back(jobs: list[ClaimedJob]) -> None:
    """Give up jobs that were not finished; their run does not count."""
    if jobs:
        async with queue_session() as session:
            count = await client.release_jobs(session, jobs)
        logger.info("handed back %d unfinished jobs", count)


def describe(error: BaseException, job: Job | None) -> str:
    """What is stored and shown of a failure: our own words, or for a bug nothing that could hold a secret."""
    if isinstance(error, TimeoutError) and job is not None:
        return f"It took longer than {job.timeout:.0f} s and was stopped."
    if isinstance(error, CancelRequested | UserError):
        return str(error)
    if is_lost_connection(error):
        return "The connection to the database was lost."
    if type(error).__module__ == "buildos_app.errors":
        return str(error)
    return f"Something went wrong ({type(error).__name__})."
