"""Jobs as people see them: what is being done, how it stands, why it failed, what they can do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from buildos_app.models.queue import JobStatus
from buildos_app.queue.queries import JobView
from buildos_app.queue.words import address_of, failure_words, subject_of, words_for
from buildos_app.ui.views import Chip, ago_words, moment_words


@dataclass(frozen=True)
class JobCard:
    """A job in the stack. `ended_seconds_ago` is -1 while it has not ended."""

    id: str
    title: str
    subject: str
    state: str
    detail: str
    percent: int
    href: str
    facts: str
    can_cancel: bool
    can_retry: bool
    ended_seconds_ago: int


NO_JOB = JobCard("", "", "", "", "", 0, "", "", can_cancel=False, can_retry=False, ended_seconds_ago=-1)
"""Where a page follows a job and there is none."""


@dataclass(frozen=True)
class JobRow:
    """A job on the Jobs page."""

    id: str
    title: str
    subject: str
    state: str
    chip: Chip
    detail: str
    percent: int
    href: str
    times: str
    attempts: str
    can_cancel: bool
    can_retry: bool


CHIPS = {
    JobStatus.PENDING: Chip("waits"),
    JobStatus.PROCESSING: Chip("runs", "accent"),
    JobStatus.RETRYING: Chip("tries again", "warn"),
    JobStatus.COMPLETED: Chip("done", "good"),
    JobStatus.FAILED: Chip("failed", "bad"),
    JobStatus.CANCELLED: Chip("cancelled"),
}
_STOPPING = Chip("stops", "warn")


def job_card(job: JobView, now: datetime, zone: ZoneInfo) -> JobCard:
    """A job as a card of the stack."""
    return JobCard(
        id=str(job.id),
        title=words_for(job.job_type).doing,
        subject=subject_of(job.payload),
        state=job.status,
        detail=_detail(job, now, zone),
        percent=_percent(job),
        href=address_of(job.job_type, job.payload, job.result),
        facts=" · ".join(filter(None, [_times(job, now, zone), _attempts(job)])),
        can_cancel=job.is_live and not job.cancel_requested,
        can_retry=job.status in (JobStatus.FAILED, JobStatus.CANCELLED),
        ended_seconds_ago=max(0, int((now - job.completed_at).total_seconds())) if job.completed_at else -1,
    )


def job_row(job: JobView, now: datetime, zone: ZoneInfo) -> JobRow:
    """A job as a row of its page."""
    is_stopping = job.is_live and job.cancel_requested
    return JobRow(
        id=str(job.id),
        title=words_for(job.job_type).doing,
        subject=subject_of(job.payload),
        state=job.status,
        chip=_STOPPING if is_stopping else CHIPS[JobStatus(job.status)],
        detail=_detail(job, now, zone),
        percent=_percent(job),
        href=address_of(job.job_type, job.payload, job.result),
        times=_times(job, now, zone),
        attempts=_attempts(job),
        can_cancel=job.is_live and not job.cancel_requested,
        can_retry=job.status in (JobStatus.FAILED, JobStatus.CANCELLED),
    )


def _detail(job: JobView, now: datetime, zone: ZoneInfo) -> str:
    match JobStatus(job.status):
        case JobStatus.PENDING:
            return (
                "Waits for its turn" if job.scheduled_for <= now else f"Begins {_moment(job.scheduled_for, now, zone)}"
            )
        case JobStatus.PROCESSING:
            return "Stops as soon as it can" if job.cancel_requested else _step(job)
        case JobStatus.RETRYING:
            why = failure_words(job.error_message).rstrip(".")
            return f"{why}. Next try {_moment(job.scheduled_for, now, zone)}."
        case JobStatus.FAILED:
            return failure_words(job.error_message)
        case JobStatus.CANCELLED:
            return "You stopped it; nothing half done was kept"
    return "Done"


def _step(job: JobView) -> str:
    current, total = job.progress.get("current"), job.progress.get("total")
    message = str(job.progress.get("message", "")) or "Has begun"
    return f"{message} · step {current} of {total}" if current and total else message


def _percent(job: JobView) -> int:
    if job.status == JobStatus.COMPLETED:
        return 100
    try:
        return min(100, max(0, int(job.progress.get("percent", 0))))
    except (TypeError, ValueError):
        return 0


def _moment(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment to come: in 3 min, today · 14:05."""
    wait = moment - now
    if wait < timedelta(minutes=1):
        return "now"
    if wait < timedelta(hours=1):
        return f"in {round(wait.total_seconds() / 60)} min"
    return moment_words(moment, zone, now, has_time=True)


def _times(job: JobView, now: datetime, zone: ZoneInfo) -> str:
    asked = f"asked for {_since(job.created_at, now)}"
    if job.started_at is None:
        return asked
    if job.completed_at is None:
        return f"runs for {took_words(now - job.started_at)}"
    return f"{_since(job.completed_at, now)}, took {took_words(job.completed_at - job.started_at)}"


def _since(moment: datetime, now: datetime) -> str:
    words = ago_words(moment, now)
    return words if words.endswith(("ago", "now")) else f"on {words}"


def took_words(span: timedelta) -> str:
    """How long something took: 0.4 s, 12 s, 3 min, 2 h 5 min."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _attempts(job: JobView) -> str:
    """Only worth a word when a run ended badly."""
    if not job.attempts or job.status == JobStatus.CANCELLED:
        return ""
    if job.status == JobStatus.COMPLETED:
        return f"after {job.attempts + 1} tries"
    if job.is_live:
        return f"try {job.attempts + 1} of {job.max_attempts}"
    return f"{job.attempts} of {job.max_attempts} tries"
