"""The kinds of text messages, and how urgent one is."""

from datetime import datetime, timedelta
from enum import StrEnum

from buildos_app.phrases.text import counted


class Kind(StrEnum):
    """What a message is about. All but the welcome are turned on and off by their person."""

    TASK_REMINDER = "task_reminder"
    EVENT_REMINDER = "event_reminder"
    BRIEF_READY = "brief_ready"
    MORNING_KICKOFF = "morning_kickoff"
    EVENING_RECAP = "evening_recap"
    URGENT = "urgent"
    WELCOME = "welcome"

    @property
    def ignores_quiet_hours(self) -> bool:
        """Urgent alerts do (behaviour.md 5.3), and the answer to a person who has just typed a code."""
        return self in (Kind.URGENT, Kind.WELCOME)


LABELS = {
    Kind.TASK_REMINDER: "Task reminder",
    Kind.EVENT_REMINDER: "Event reminder",
    Kind.BRIEF_READY: "Your brief is ready",
    Kind.MORNING_KICKOFF: "Morning kickoff",
    Kind.EVENING_RECAP: "Evening recap",
    Kind.URGENT: "Urgent alert",
    Kind.WELCOME: "Welcome",
}
"""What people call them."""


class SmsPriority(StrEnum):
    """How soon something is due (behaviour.md 5.4)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


QUEUE_PRIORITY = {SmsPriority.URGENT: 1, SmsPriority.HIGH: 5, SmsPriority.NORMAL: 10, SmsPriority.LOW: 20}


def priority_by(left: timedelta) -> SmsPriority:
    """The priority of what is due in so long (behaviour.md 5.4)."""
    if left < timedelta(hours=1):
        return SmsPriority.URGENT
    if left < timedelta(hours=24):
        return SmsPriority.HIGH
    return SmsPriority.NORMAL if left < timedelta(hours=72) else SmsPriority.LOW


def lasting(minutes: int) -> str | None:
    """How long something takes: "45 mins", "2 hours", "1h 30m"; None for no time at all (behaviour.md 5.11)."""
    hours, rest = divmod(max(minutes, 0), 60)
    if hours and rest:
        return f"{hours}h {rest}m"
    if hours:
        return counted(hours, "hour")
    return counted(rest, "min") if rest > 0 else None


def relative(moment: datetime, at: datetime) -> str:
    """How far away a moment is: "in 15 minutes", "in 1 hour", "2 days ago", "now"."""
    minutes = round((moment - at).total_seconds() / 60)
    if minutes == 0:
        return "now"
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        count = abs(minutes) // size
        if count:
            words = counted(count, unit)
            return f"in {words}" if minutes > 0 else f"{words} ago"
    return "now"
