"""News about a linked calendar."""

from buildos_app.notifications.event import Event, Toast, Topic

SETTINGS, CALENDAR = "/settings/calendar", "/calendar"


class CalendarAccessLost(Event):
    """The grant is gone; nothing is lost, and nothing syncs until the person connects again."""

    event = "calendar_access_lost"
    topic = Topic.CALENDAR
    label = "Your calendar must be connected again"
    email: str = ""

    def toast(self) -> Toast:
        """What happened, and what to do."""
        return Toast("warning", "Connect your calendar again", "Google no longer lets BuildOS in.", SETTINGS)


class CalendarConflictFound(Event):
    """A task was changed on both sides; both versions are kept."""

    event = "calendar_conflict"
    topic = Topic.CALENDAR
    label = "A task was changed here and in the calendar"
    title: str
    theirs_won: bool = False

    def toast(self) -> Toast:
        """Which version holds, and where the other is."""
        holds = "the calendar's version, the newer one, holds" if self.theirs_won else "your version here holds"
        return Toast("warning", f"Changed in two places: {self.title}", f"For now {holds}.", f"{CALENDAR}/changes")


class CalendarNeedsYou(Event):
    """A sync would remove more than half of what is linked, and waits for a word."""

    event = "calendar_needs_you"
    topic = Topic.CALENDAR
    label = "A sync would remove a lot and waits for you"
    calendar: str

    def toast(self) -> Toast:
        """What to decide."""
        return Toast("warning", f"{self.calendar}: the sync waits", "It would remove a lot. Have a look.", SETTINGS)


class CalendarSyncFailed(Event):
    """A sync failed after the last attempt; the next one makes up for it."""

    event = "calendar_sync_failed"
    topic = Topic.CALENDAR
    label = "Your calendar could not be synced"
    reason: str

    def toast(self) -> Toast:
        """What happened."""
        return Toast("error", "Your calendar could not be synced", self.reason, SETTINGS)
