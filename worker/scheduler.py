"""Periodic duties, one line each. Every worker runs them: each does no harm when another one did it just before.

What must happen once for all workers begins its tick in the database (`begin_tick`); the scheduler only wakes it.
"""

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from buildos_app.monitoring import upkeep
from worker import janitor

SCHEDULE = (
    (janitor.reset_stalled_jobs, IntervalTrigger(seconds=15)),
    (janitor.log_queue_stats, IntervalTrigger(minutes=5)),
    (janitor.delete_old_jobs, IntervalTrigger(hours=1)),
    (upkeep.forget_llm_content, IntervalTrigger(hours=1)),
)


def start_scheduler() -> AsyncIOScheduler:
    """Start the duties on the running event loop."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for duty, trigger in SCHEDULE:
        scheduler.add_job(duty, trigger, id=duty.__name__, coalesce=True, max_instances=1, misfire_grace_time=60)
    scheduler.start()
    return scheduler
