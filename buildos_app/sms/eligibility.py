"""May this message go to this person now? Pure: asked when a message is queued and again when it goes out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from buildos_app.clock import zone
from buildos_app.phrases.wall_clock import at_local
from buildos_app.sms.kinds import Kind


@dataclass(frozen=True)
class QuietHours:
    """Local times in [start, end); an end that comes before the start is of the next day, and equal ends mean none."""

    start: time
    end: time

    def end_of(self, local: datetime) -> datetime | None:
        """When the quiet hours around this local moment end, or None outside of them.

        The ends are moments of the local calendar: a night in which the clock is changed is as long as it is.
        """
        if self.start == self.end:
            return None
        for days in (-1, 0):
            begins_on = local.date() + timedelta(days=days)
            ends_on = begins_on + timedelta(days=self.start > self.end)
            begin, end = at_local(begins_on, self.start, local), at_local(ends_on, self.end, local)
            if _utc(begin) <= _utc(local) < _utc(end):
                return end
        return None


@dataclass(frozen=True)
class Standing:
    """Everything about a person that decides about their messages; `wanted` are the kinds that they turned on."""

    number: str
    is_verified: bool
    timezone: str
    is_shut_out: bool = False
    is_opted_out: bool = False
    wanted: frozenset[str] = frozenset()
    quiet: QuietHours | None = None
    daily_limit: int = 10
    sent_today: int = 0
    kickoff_time: time = field(default=time(8))
    recap_time: time = field(default=time(20))
    lead_minutes: int = 15


@dataclass(frozen=True)
class Send:
    """It may go out."""


@dataclass(frozen=True)
class Defer:
    """Not before `until`, the end of the quiet hours."""

    until: datetime


@dataclass(frozen=True)
class Refuse:
    """It may not go out; `reason` is written for the person. `is_unwanted`: they never asked for such messages."""

    reason: str
    is_unwanted: bool = False


Verdict = Send | Defer | Refuse
SHUT_OUT = "Your account was shut out, so that nothing was sent."
QUIET = "Waits for the end of your quiet hours."


def decide(kind: Kind, standing: Standing | None, at: datetime, *, is_counted: bool = False) -> Verdict:
    """The rules of behaviour.md 5.3, in this order. What cannot be read (None) means that nothing is sent.

    `is_counted`: the message has its place in the day's limit already, and does not need another one.
    """
    if standing is None:
        return Refuse("Your settings could not be read, so that nothing was sent.")
    if standing.is_shut_out:
        return Refuse(SHUT_OUT, is_unwanted=True)
    if not standing.number or not standing.is_verified:
        return Refuse("No phone number is verified.", is_unwanted=True)
    if standing.is_opted_out:
        return Refuse("Text messages are turned off for this number.")
    if kind is not Kind.WELCOME and kind not in standing.wanted:
        return Refuse("This kind of message is turned off.", is_unwanted=True)
    if not is_counted and standing.sent_today >= standing.daily_limit:
        return Refuse(f"Your limit of {standing.daily_limit} messages a day was reached.")
    if standing.quiet is not None and not kind.ignores_quiet_hours:
        until = standing.quiet.end_of(at.astimezone(zone(standing.timezone)))
        if until is not None:
            return Defer(until)
    return Send()


def _utc(moment: datetime) -> datetime:
    """Two moments of one zone are compared by their clocks, which show some times twice."""
    return moment.astimezone(UTC)
