"""What runs for a person right now, in every tab of theirs."""

from collections.abc import Sequence

from buildos_app.clock import now, zone
from buildos_app.queue.queries import JobView
from buildos_app.queue.words import words_for
from buildos_app.ui.job_views import JobCard, job_card
from buildos_app.ui.session import SessionState


class Running(SessionState):
    """The stack's cards. They are rows of the queue, so a reload and another tab find the same."""

    ready: bool = False
    live: int = 0
    jobs: list[JobCard] = []

    def _show(self, jobs: Sequence[JobView], timezone: str) -> None:
        cards = [job_card(job, now(), zone(timezone)) for job in jobs if words_for(job.job_type).is_watched]
        if not self.ready or cards != self.jobs:
            self.jobs, self.live, self.ready = cards, sum(card.ended_seconds_ago < 0 for card in cards), True
