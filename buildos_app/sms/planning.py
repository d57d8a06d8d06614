"""Which texts are due soon: a pure choice from tasks, events and what each person wants."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from buildos_app.clock import zone
from buildos_app.models.project import Priority
from buildos_app.phrases.wall_clock import at_local
from buildos_app.sms.eligibility import Standing
from buildos_app.sms.events import EventFact
from buildos_app.sms.kinds import Kind, SmsPriority, priority_by

AHEAD = timedelta(minutes=30)
"""How far ahead texts are written down; what moves until then is planned anew."""
LATE = timedelta(minutes=30)
"""How late a morning or evening text may be planned after the worker was away."""
URGENT_LEAD = timedelta(hours=1)
USEFUL = timedelta(hours=4)
"""How long a morning or evening text is of use."""


@dataclass(frozen=True)
class DueTask:
    """An open task, or one date of a recurring one, and the moment for it."""

    id: UUID
    user_id: UUID
    title: str
    priority: str
    on_date: date | None
    moment: datetime


@dataclass(frozen=True)
class PlannedText:
    """A text that shall go out at `moment`."""

    user_id: UUID
    kind: Kind
    key: str | None
    moment: datetime
    subject: dict[str, str] = field(default_factory=dict)
    not_after: datetime | None = None
    priority: SmsPriority = SmsPriority.NORMAL


def plan_texts(
    people: dict[UUID, Standing], tasks: Iterable[DueTask], events: Iterable[EventFact], at: datetime
) -> list[PlannedText]:
    """Every text that is due until `at` + AHEAD, the earliest first, so that a day's limit keeps those."""
    planned = [text for user_id, standing in people.items() for text in _by_the_clock(user_id, standing, at)]
    planned += [text for task in tasks if (text := _of_task(people.get(task.user_id), task, at))]
    planned += [text for event in events if (text := _of_event(people.get(event.user_id), event, at))]
    return sorted(planned, key=lambda text: text.moment)


def _by_the_clock(user_id: UUID, standing: Standing, at: datetime) -> Iterator[PlannedText]:
    """The morning's and the evening's text, once for each day of the person's own calendar."""
    local = at.astimezone(zone(standing.timezone))
    wishes: tuple[tuple[Kind, time], ...] = (
        (Kind.MORNING_KICKOFF, standing.kickoff_time),
        (Kind.EVENING_RECAP, standing.recap_time),
    )
    for kind, clock in wishes:
        for day in (local.date(), local.date() + timedelta(days=1)):
            moment = at_local(day, clock, local)
            if kind in standing.wanted and at - LATE <= moment <= at + AHEAD:
                yield PlannedText(user_id, kind, f"{kind}:{day}", moment, not_after=moment + USEFUL)


def _of_task(standing: Standing | None, task: DueTask, at: datetime) -> PlannedText | None:
    """One text per task: an urgent alert for what matters most, where that is wanted, else a reminder."""
    if standing is None or task.moment <= at:
        return None
    is_urgent = task.priority == Priority.HIGH and Kind.URGENT in standing.wanted
    kind = Kind.URGENT if is_urgent else Kind.TASK_REMINDER
    lead = URGENT_LEAD if is_urgent else timedelta(minutes=standing.lead_minutes)
    moment = task.moment - lead
    if kind not in standing.wanted or moment > at + AHEAD:
        return None
    subject = {"task_id": str(task.id), "title": task.title, "moment": task.moment.isoformat()}
    subject |= {"on": str(task.on_date)} if task.on_date else {}
    key = f"task:{task.id}:{task.moment:%Y%m%dT%H%M}"
    return PlannedText(task.user_id, kind, key, moment, subject, priority=priority_by(task.moment - at))


def _of_event(standing: Standing | None, event: EventFact, at: datetime) -> PlannedText | None:
    """A reminder of an event is of use until it starts."""
    if standing is None or Kind.EVENT_REMINDER not in standing.wanted or event.starts_at <= at:
        return None
    moment = event.starts_at - timedelta(minutes=standing.lead_minutes)
    if moment > at + AHEAD:
        return None
    subject = {"event": event.key, "title": event.title, "moment": event.starts_at.isoformat()}
    key = f"event:{event.key}:{event.starts_at:%Y%m%dT%H%M}"
    return PlannedText(event.user_id, Kind.EVENT_REMINDER, key, moment, subject, event.starts_at, SmsPriority.HIGH)
