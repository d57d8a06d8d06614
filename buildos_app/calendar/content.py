"""What a task and its event say alike: title, time, repetition. Both are read into one form. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from buildos_app.calendar import rules
from buildos_app.calendar_port import Event
from buildos_app.models.project import Task
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.clashes import DEFAULT_MINUTES
from buildos_app.projects.fields import LONGEST_DURATION, LONGEST_TITLE
from buildos_app.projects.recurrence import rule_of

DAY_MINUTES = 24 * 60
DAY_START = time(9)
"""Where a start without a time is kept (models/project.py)."""
NO_TITLE = "(No title)"
UNREADABLE = (KeyError, ValueError, TypeError, OverflowError)
"""What reading an event of the other side raises for one that is out of shape."""
TITLE, SCHEDULE = ("title",), ("start", "minutes", "rule", "ends")


@dataclass(frozen=True)
class Content:
    """`start` is a moment in UTC, or a day for all-day events; `rule` is a normal RRULE without its end, and `ends` its
    last day, both empty where nothing repeats."""

    title: str
    start: str
    minutes: int
    rule: str = ""
    ends: str = ""

    @property
    def is_all_day(self) -> bool:
        """Does it have days instead of times?"""
        return "T" not in self.start

    def same(self, other: "Content", names: tuple[str, ...]) -> bool:
        """Do these fields say the same?"""
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def day(self, zone: ZoneInfo) -> date:
        """Its first day on the person's calendar."""
        return self.moment(zone).date()

    def moment(self, zone: ZoneInfo) -> datetime:
        """When it begins, in the person's zone; a day begins at midnight."""
        if self.is_all_day:
            return datetime.combine(date.fromisoformat(self.start), time(), zone)
        return datetime.fromisoformat(self.start).astimezone(zone)

    def start_on(self, day: date, zone: ZoneInfo) -> str:
        """The start of a series on one of its days: the wall clock shows what it shows at the first."""
        if self.is_all_day:
            return day.isoformat()
        local = self.moment(zone)
        return _utc(at_local(day, local.time(), local))

    def as_json(self) -> dict[str, Any]:
        """To be kept in a column."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Content | None":
        """What was kept; None for nothing."""
        return cls(**{name: value[name] for name in cls.__dataclass_fields__ if name in value}) if value else None


def of_task(task: Task, zone: ZoneInfo) -> Content | None:
    """What the event of a task should say; None for a task without a start.

    A day without a time and without a length of hours is an all-day event.
    """
    if task.start_date is None:
        return None
    local = task.start_date.astimezone(zone)
    minutes = task.duration_minutes or 0
    all_day = not task.start_has_time and minutes % DAY_MINUTES == 0
    rule = ""
    if task.recurrence_pattern:
        rule = rules.normal(task.recurrence_rule or rule_of(task.recurrence_pattern, local.date()), local.date())
    return Content(
        title=_title(task.title),
        start=local.date().isoformat() if all_day else _utc(task.start_date),
        minutes=(minutes or DAY_MINUTES) if all_day else (minutes or DEFAULT_MINUTES),
        rule=rule,
        ends=str(task.recurrence_ends or "") if rule else "",
    )


def of_event(event: Event, zone: ZoneInfo) -> Content:
    """What an event says. Raises ValueError, KeyError or TypeError for what is no event."""
    start, end = event["start"], event["end"]
    if start.get("date"):
        first, last = date.fromisoformat(start["date"]), date.fromisoformat(end["date"])
        text, minutes, day = first.isoformat(), max((last - first).days, 1) * DAY_MINUTES, first
    else:
        begins, ends = _moment(start, zone), _moment(end, zone)
        minutes = max(int((ends - begins).total_seconds() // 60), 1)
        text, day = _utc(begins), begins.astimezone(zone).date()
    rule, ends_on = rules.read(event["recurrence"], day, zone) if event.get("recurrence") else ("", "")
    title = _title(str(event.get("summary") or ""))
    return Content(title or NO_TITLE, text, min(minutes, LONGEST_DURATION), rule, ends_on)


def span(content: Content, zone: ZoneInfo) -> tuple[date | datetime, date | datetime]:
    """The first and the last moment, or day, in the zone; a change of the clocks does not make it longer."""
    if content.is_all_day:
        first = date.fromisoformat(content.start)
        return first, first + timedelta(minutes=content.minutes)
    begins = content.moment(zone)
    return begins, (begins.astimezone(UTC) + timedelta(minutes=content.minutes)).astimezone(zone)


def as_event(content: Content, zone: ZoneInfo) -> Event:
    """The fields of an event that say this. Nulls take away what a patch must not leave standing."""
    if content.is_all_day:
        times = [{"date": str(each), "dateTime": None, "timeZone": None} for each in span(content, zone)]
    else:
        times = [{"dateTime": each.isoformat(), "timeZone": zone.key, "date": None} for each in span(content, zone)]
    recurrence = rules.write(content.rule, content.ends, content.moment(zone), all_day=content.is_all_day, zone=zone)
    return {"summary": content.title, "start": times[0], "end": times[1], "recurrence": recurrence or None}


def without_nulls(event: Event) -> Event:
    """The same for an event that is made: nothing has to be taken away."""
    return {
        name: {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value
        for name, value in event.items()
        if value is not None
    }


def task_changes(content: Content, before: Content | None, zone: ZoneInfo) -> dict[str, Any]:
    """The columns of a task that must change for it to say this instead of `before`."""
    changes: dict[str, Any] = {}
    if (before is None or content.title != before.title) and content.title != NO_TITLE:
        changes["title"] = content.title
    if before is None or not content.same(before, SCHEDULE):
        changes |= _schedule(content, zone)
    return changes


def keep_foreign_rule(ours: Content, base: Mapping[str, Any]) -> Content:
    """A repetition of Google's that our tasks cannot have stays there, as long as ours was not changed meanwhile."""
    foreign = base.get("foreign")
    if foreign and [ours.rule, ours.ends] == foreign["for"]:
        return replace(ours, rule=foreign["rule"], ends=foreign["ends"])
    return ours


def _schedule(content: Content, zone: ZoneInfo) -> dict[str, Any]:
    day = content.day(zone)
    if content.is_all_day:
        start = at_local(day, DAY_START, datetime.now(zone))
        minutes = None if content.minutes == DAY_MINUTES else content.minutes
    else:
        start, minutes = content.moment(zone), content.minutes
    changes: dict[str, Any] = {
        "start_date": start,
        "start_has_time": not content.is_all_day,
        "duration_minutes": minutes,
    }
    if not content.rule:
        return changes | {"recurrence_pattern": None, "recurrence_rule": None, "recurrence_ends": None}
    if (found := rules.pattern_of(content.rule, day)) is not None:
        pattern, rule = found
        ends = date.fromisoformat(content.ends) if content.ends else None
        changes |= {"recurrence_pattern": pattern, "recurrence_rule": rule, "recurrence_ends": ends}
    return changes


def _title(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST_TITLE].strip()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _moment(value: Mapping[str, Any], zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(str(value["dateTime"]).replace("Z", "+00:00"))
    return (
        moment
        if moment.tzinfo
        else moment.replace(tzinfo=ZoneInfo(value["timeZone"]) if value.get("timeZone") else zone)
    )
