"""What runs for a person right now, in every tab of theirs."""

from collections.abc import Sequence
from datetime import datetime

from buildos_app.brain_dumps.history import BeingRead
from buildos_app.clock import now, zone
from buildos_app.models.queue import JobStatus
from buildos_app.queue.queries import JobView
from buildos_app.queue.words import words_for
from buildos_app.ui import routes
from buildos_app.ui.dump_runs import Run, find_run
from buildos_app.ui.job_views import JobCard, job_card, took_words
from buildos_app.ui.session import SessionState

LONGEST_NAME = 60


class Running(SessionState):
    """The stack's cards. They are rows of the database, so a reload and another tab find the same."""

    ready: bool = False
    live: int = 0
    jobs: list[JobCard] = []

    def _show(self, jobs: Sequence[JobView], dumps: Sequence[BeingRead], timezone: str) -> None:
        cards = [job_card(job, now(), zone(timezone)) for job in jobs if words_for(job.job_type).is_watched]
        cards = [*(dump_card(dump, find_run(dump.id, self._user_id), now()) for dump in dumps), *cards]
        if not self.ready or cards != self.jobs:
            self.jobs, self.live, self.ready = cards, sum(card.ended_seconds_ago < 0 for card in cards), True


def dump_card(dump: BeingRead, run: Run | None, moment: datetime) -> JobCard:
    """A dump that the web process reads, with the stages of its run where that is in this process."""
    return JobCard(
        id=str(dump.id),
        title="Your dump could not be read" if dump.error else words_for("process_brain_dump").doing,
        subject=dump.name[:LONGEST_NAME],
        state=JobStatus.FAILED if dump.error else JobStatus.PROCESSING,
        detail=dump.error or (run.newest_message if run else "") or "Has begun",
        percent=run.percent if run else 0,
        href=routes.review(dump.id),
        facts=f"sent {took_words(moment - dump.submitted_at)} ago" if dump.error else "",
        can_cancel=run is not None and not dump.error,
        can_retry=False,
        ended_seconds_ago=0 if dump.error else -1,
    )
