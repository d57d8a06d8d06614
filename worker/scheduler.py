"""Periodic duties, one line each. Every worker runs them: each does no harm when another one did it just before.

What must happen once for all workers begins its tick in the database (`begin_tick`); the scheduler only wakes it.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from buildos_app.briefs.tick import plan_due_briefs
from buildos_app.calendar.duty import sync_due_calendars
from buildos_app.calendar.ending import say_goodbye
from buildos_app.calendar.texts import CalendarEvents
from buildos_app.integrations.connect import calendar_of
from buildos_app.monitoring import upkeep
from buildos_app.own_data import deletion
from buildos_app.queue import sampling
from buildos_app.settings import get_settings
from buildos_app.sms import events
from buildos_app.sms.following import follow_silent_texts
from buildos_app.sms.tick import plan_due_texts
from worker import janitor
from worker.counts import Counts

SCHEDULE: list[tuple[Callable[[], Awaitable[None]], BaseTrigger]] = [
    (janitor.log_queue_stats, IntervalTrigger(minutes=5)),
    (janitor.delete_old_jobs, IntervalTrigger(hours=1)),
    (upkeep.forget_llm_content, IntervalTrigger(hours=1)),
    (upkeep.empty_bins, IntervalTrigger(hours=1)),
    (plan_due_briefs, IntervalTrigger(minutes=1)),  # once an hour; each minute, so that a lost tick is made up for
    (sync_due_calendars, IntervalTrigger(minutes=1)),
    (plan_due_texts, IntervalTrigger(minutes=1)),  # once in five minutes, as above
    (follow_silent_texts, IntervalTrigger(minutes=1)),
    (deletion.delete_due_accounts, IntervalTrigger(minutes=15)),
    (deletion.delete_old_files, IntervalTrigger(hours=1)),
    (sampling.sample_queue, IntervalTrigger(seconds=20)),
    (sampling.fold_queue_counts, IntervalTrigger(hours=1)),
]
LONGEST_SECONDS_TO_RESCUE = 15.0
events.SOURCES[:] = [CalendarEvents()]


async def revoke_calendar(user_id: UUID) -> None:
    """An account that is deleted has no access to a calendar any more."""
    await say_goodbye(user_id, calendar_of(get_settings()))


deletion.LAST_WORDS[:] = [revoke_calendar]


def start_scheduler(lease_seconds: float, counts: Counts) -> AsyncIOScheduler:
    """Start the duties on the running event loop, and the writing of this worker's own counts; lost jobs are looked for
    four times in a lease."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    rescue = IntervalTrigger(seconds=min(lease_seconds / 4, LONGEST_SECONDS_TO_RESCUE))
    own = [(janitor.reset_stalled_jobs, rescue), (counts.write, IntervalTrigger(seconds=20))]
    for duty, trigger in [*own, *SCHEDULE]:
        scheduler.add_job(duty, trigger, id=duty.__name__, coalesce=True, max_instances=1, misfire_grace_time=60)
    scheduler.start()
    return scheduler
