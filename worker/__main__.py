"""python -m worker: claims and runs jobs until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from datetime import timedelta
from uuid import UUID, uuid4

from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.db.session import queue_session
from buildos_app.errors import ConfigurationError
from buildos_app.integrations.connect import connect, engine_name
from buildos_app.monitoring.logs import set_up_logging
from buildos_app.notifications.listen import listen
from buildos_app.queue.client import register_worker
from buildos_app.queue.job import load_job_types
from buildos_app.settings import Settings, get_settings
from worker.counts import Counts
from worker.health import HealthServer
from worker.janitor import reset_stalled_jobs
from worker.runner import Runner
from worker.scheduler import start_scheduler

logger = logging.getLogger("worker")

GRACE_SECONDS = 30.0
KNOWN_JOB_TYPES = (
    "generate_daily_brief",
    "generate_brief_email",
    "generate_phases",
    "onboarding_analysis",
    "send_sms",
    "sync_calendar",
    "process_brain_dump",
)


def main() -> None:
    """Run; exit 0 after a clean stop, 2 with one line when a setting is wrong."""
    set_up_logging()
    try:
        settings = get_settings()
        job_types = _job_types(settings)
        ensure_ready()
        asyncio.run(run(settings, job_types))
    except ConfigurationError as error:
        sys.exit(_say(str(error)))


async def run(settings: Settings, job_types: list[str]) -> None:
    """Serve until SIGTERM or SIGINT; a second signal ends the process at once."""
    gc.freeze()  # what is imported by now stays for ever: collections need not look at it each time
    worker_id = uuid4()
    async with queue_session() as session:
        await register_worker(session, worker_id, socket.gethostname(), os.getpid(), job_types)
    async with connect(settings) as ports:
        runner = Runner(
            ports=ports,
            worker_id=worker_id,
            job_types=job_types,
            concurrency=settings.worker_concurrency,
            poll_seconds=settings.worker_poll_seconds,
            max_priority=settings.worker_max_priority,
            lease=timedelta(seconds=settings.worker_lease_seconds),
        )
        _on_signals(runner)
        await reset_stalled_jobs()
        health = HealthServer(runner)
        await health.start(settings.worker_health_port)
        counts = Counts(worker_id, runner.slots, max_priority=settings.worker_max_priority)
        await counts.write()
        scheduler = start_scheduler(settings.worker_lease_seconds, counts)
        listening = asyncio.create_task(_listen(runner))
        logger.info("worker %s serves %s; language model: %s", worker_id, ", ".join(job_types), engine_name(settings))
        try:
            async with runner:
                await runner.work()
                logger.info("stopping: no more jobs are claimed")
                await runner.drain(GRACE_SECONDS)
            await counts.write(stopped=True)
        finally:
            listening.cancel()
            scheduler.shutdown(wait=False)
            health.close()
    await dispose()


async def _listen(runner: Runner) -> None:
    async def added(_: str) -> None:
        runner.wake()

    async def cancelled(job_id: str) -> None:
        await runner.cancel(UUID(job_id))

    async def catch_up() -> None:
        runner.wake()

    await listen({"queue_jobs": added, "queue_cancel": cancelled}, catch_up)


def _on_signals(runner: Runner) -> None:
    loop = asyncio.get_running_loop()
    seen: list[int] = []

    def stop(number: int) -> None:
        seen.append(number)
        if len(seen) > 1:
            os._exit(1)
        runner.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)


def _job_types(settings: Settings) -> list[str]:
    """The seven types of the design and every class of ours, or those of WORKER_JOB_TYPES."""
    known = sorted({*KNOWN_JOB_TYPES, *load_job_types()})
    unknown = set(settings.job_types) - set(known)
    if unknown:
        raise ConfigurationError(f"WORKER_JOB_TYPES names unknown types: {', '.join(sorted(unknown))}.")
    return settings.job_types or known


def _say(line: str) -> int:
    print(line, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
