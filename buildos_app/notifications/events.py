"""The catalogue of news: one class per kind, which knows its fields and how it is told."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from buildos_app.notifications.calendar_events import (
    CalendarAccessLost,
    CalendarConflictFound,
    CalendarNeedsYou,
    CalendarSyncFailed,
)
from buildos_app.notifications.event import Channel, Event, Toast, Topic
from buildos_app.phrases.text import counted

__all__ = [
    "CalendarAccessLost",
    "CalendarConflictFound",
    "CalendarNeedsYou",
    "CalendarSyncFailed",
    "Channel",
    "Event",
    "Toast",
    "Topic",
    "known_events",
    "load_event",
]


class PhasesCompleted(Event):
    """A plan of phases waits for the person."""

    event = "phases_completed"
    topic = Topic.PHASES
    label = "A plan of phases is ready"
    project_id: UUID
    project_name: str
    phase_count: int
    task_count: int
    job_id: UUID
    summary: str = ""

    def toast(self) -> Toast:
        """Ready, with its counts."""
        counts = f"{counted(self.phase_count, 'phase')} for {counted(self.task_count, 'task')}, ready for your review"
        return Toast(
            "success", f"{self.project_name}: phases are planned", counts, f"/projects/{self.project_id}/phases"
        )


class PhasesFailed(Event):
    """The plan could not be made; nothing changed."""

    event = "phases_failed"
    topic = Topic.PHASES
    label = "A plan of phases could not be made"
    project_id: UUID
    project_name: str = ""
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        title = f"{self.project_name or 'Your project'}: phases could not be planned"
        return Toast("error", title, self.reason, f"/projects/{self.project_id}/phases")


class DataExported(Event):
    """An export waits to be fetched."""

    event = "data_exported"
    topic = Topic.ACCOUNT
    label = "Your export is ready"
    file_id: UUID
    row_count: int

    def toast(self) -> Toast:
        """Ready, with its size."""
        return Toast("success", "Your export is ready", f"{self.row_count:,} rows, here for 7 days", "/settings/data")


class DataImported(Event):
    """An export was brought back."""

    event = "data_imported"
    topic = Topic.ACCOUNT
    label = "Your import is done"
    row_count: int

    def toast(self) -> Toast:
        """Done, with its size."""
        return Toast("success", "Your import is done", f"{self.row_count:,} rows are back", "/projects")


class DataJobFailed(Event):
    """An export or an import could not be made; nothing changed."""

    event = "data_job_failed"
    topic = Topic.ACCOUNT
    label = "An export or import could not be made"
    what: str
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        return Toast("error", f"Your {self.what} could not be made", self.reason, "/settings/data")


class BrainDumpReady(Event):
    """A dump was read and waits for review."""

    event = "brain_dump_ready"
    topic = Topic.BRAIN_DUMPS
    label = "A dump is read and waits for your review"
    brain_dump_id: UUID
    title: str
    operation_count: int

    def toast(self) -> Toast:
        """Ready, with its count."""
        proposals = counted(self.operation_count, "proposal")
        return Toast("info", f"{proposals} to review", self.title, f"/dump/{self.brain_dump_id}")


class BrainDumpApplied(Event):
    """A dump was read and applied, as its person had asked for beforehand."""

    event = "brain_dump_applied"
    topic = Topic.BRAIN_DUMPS
    label = "A dump is read and applied without a review"
    brain_dump_id: UUID
    title: str
    operation_count: int

    def toast(self) -> Toast:
        """Applied, with its count, and where it can be undone."""
        proposals = counted(self.operation_count, "proposal")
        return Toast("success", f"{proposals} applied", self.title, f"/dump/{self.brain_dump_id}")


class BrainDumpFailed(Event):
    """A dump could not be read; its text is kept."""

    event = "brain_dump_failed"
    topic = Topic.BRAIN_DUMPS
    label = "A dump could not be read"
    brain_dump_id: UUID
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        return Toast("error", "Your dump could not be read", self.reason, f"/dump/{self.brain_dump_id}")


class BriefCompleted(Event):
    """The brief of a day is there. The counts are of that day (behaviour.md 3.10)."""

    event = "brief_completed"
    topic = Topic.BRIEFS
    label = "Your brief is ready"
    brief_id: UUID
    brief_date: date
    timezone: str
    title: str = ""
    project_count: int = 0
    todays_task_count: int = 0
    overdue_task_count: int = 0
    next_seven_days_task_count: int = 0
    email_record_created: bool = False

    def toast(self) -> Toast:
        """Ready, with what is late and what is for today."""
        counts = [f"{self.todays_task_count} for today"]
        counts += [f"{self.overdue_task_count} overdue"] if self.overdue_task_count else []
        title = f"Your brief is ready: {self.title}" if self.title else "Your brief is ready"
        return Toast("success", title, " · ".join(counts), f"/briefs/{self.brief_date}")


class BriefFailed(Event):
    """The brief could not be written, after the last attempt; an older one of the day is still there."""

    event = "brief_failed"
    topic = Topic.BRIEFS
    label = "Your brief could not be written"
    brief_date: date
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        return Toast("error", "Your brief could not be written", self.reason, f"/briefs/{self.brief_date}")


class BriefEmailSent(Event):
    """A brief went out by mail."""

    event = "brief_email_sent"
    topic = Topic.BRIEFS
    label = "Your brief was sent by e-mail"
    email_id: UUID
    brief_id: UUID
    brief_date: date

    def toast(self) -> Toast:
        """Sent."""
        return Toast("info", "Your brief is in your mailbox", "", f"/briefs/{self.brief_date}")


class BriefEmailFailed(Event):
    """A mail could not be sent, after the last attempt. Without a date it is one about the account."""

    event = "brief_email_failed"
    topic = Topic.BRIEFS
    label = "A mail could not be sent"
    brief_date: date | None = None
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        where = "/settings/briefs" if self.brief_date is None else f"/briefs/{self.brief_date}"
        return Toast("error", "Your mail could not be sent", self.reason, where)


class OnboardingCompleted(Event):
    """What a newcomer answered has been read; what was understood waits to be seen."""

    event = "onboarding_completed"
    topic = Topic.ACCOUNT
    label = "Your first answers are read"
    summary: str = ""

    def toast(self) -> Toast:
        """Ready."""
        return Toast("success", "Your answers are read", self.summary or "BuildOS knows where to start.", "/welcome")


class OnboardingFailed(Event):
    """What a newcomer answered could not be read; it is kept."""

    event = "onboarding_failed"
    topic = Topic.ACCOUNT
    label = "Your first answers could not be read"
    reason: str

    def toast(self) -> Toast:
        """What happened."""
        return Toast("error", "Your answers could not be read", self.reason, "/welcome")


class SmsFailed(Event):
    """A text message could not be delivered, after the last attempt."""

    event = "sms_failed"
    topic = Topic.SMS
    label = "A text message could not be delivered"
    message_id: UUID
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to do something about it."""
        return Toast("error", "A text message could not be delivered", self.reason, "/settings/sms")


class _Unknown(Event):
    event = "unknown"

    def toast(self) -> Toast:
        return Toast("info", "Something happened", "This news was written by another version of BuildOS.")


def known_events() -> list[type[Event]]:
    """Every kind of news that this version knows, by topic and then in the order of this file."""
    topics = list(Topic)
    return sorted((kind for kind in Event.kinds.values() if kind is not _Unknown), key=lambda k: topics.index(k.topic))


def load_event(name: str, payload: dict[str, Any]) -> Event:
    """The event of a stored row; one that this version does not know becomes a plain remark."""
    try:
        return Event.kinds.get(name, _Unknown).model_validate(payload)
    except ValidationError:
        return _Unknown()
