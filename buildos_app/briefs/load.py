"""The facts of a brief out of SQL, in a session of the person: the same few queries whatever there is."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.briefs.facts import BriefFacts, NoteFact, PhaseFact, ProjectFact, TaskFact, Yesterday
from buildos_app.briefs.facts_queries import QUERIES
from buildos_app.briefs.sentences import AHEAD_DAYS
from buildos_app.clock import zone
from buildos_app.db.pipeline import read_together
from buildos_app.models.project import TaskStatus
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.clashes import BusyTime, first_clash
from buildos_app.projects.instances import ensure_instances

NOTES_PER_PROJECT = 5


@dataclass(frozen=True)
class Day:
    """A day of a person's calendar and its bounds in their zone."""

    date: date
    zone: ZoneInfo

    def starts(self, after: int = 0) -> datetime:
        """Midnight of the day that is `after` days later, as the clocks there show it."""
        return datetime.combine(self.date + timedelta(days=after), time(), self.zone).astimezone(UTC)


async def load_facts(
    session: AsyncSession,
    user_id: UUID,
    brief_date: date,
    timezone: str,
    *,
    is_reengagement: bool = False,
    days_away: int = 0,
    only: list[UUID] | None = None,
    without: list[UUID] | None = None,
) -> BriefFacts:
    """Everything that the brief of a day may say. `only` and `without` choose among the active projects."""
    day = Day(brief_date, zone(timezone))
    await ensure_instances(session, brief_date)
    parameters = {
        "person": user_id,
        "only": only,
        "without": without or [],
        "last_date": brief_date + timedelta(days=AHEAD_DAYS),
        "a_week_ago": day.starts(-7),
        "yesterday": day.starts(-1),
        "today": day.starts(),
        "after_all": day.starts(AHEAD_DAYS + 1),
    }
    found = dict(zip(QUERIES, await read_together(session, list(QUERIES.values()), parameters), strict=True))
    [person], [yesterday] = found["person"], found["yesterday"]
    blocks = Counter(pair.needs_id for pair in found["dependencies"])
    waits_for = Counter(pair.task_id for pair in found["dependencies"])
    busy = [BusyTime(*row) for row in found["busy"]]
    return BriefFacts(
        brief_date=brief_date,
        timezone=timezone,
        name=person.name,
        projects=_projects(found["projects"], _by_project(found["phases"]), _by_project(found["notes"]), day),
        tasks=[_task(row, day, blocks[row.id], waits_for[row.id], busy) for row in found["tasks"]],
        yesterday=Yesterday(planned=yesterday.planned, done=yesterday.done, slipped=yesterday.slipped),
        is_reengagement=is_reengagement,
        days_away=days_away,
    )


def _by_project(rows: list[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.project_id].append(row)
    return found


def _projects(
    rows: list[Any], phases: dict[UUID, list[Any]], notes: dict[UUID, list[Any]], day: Day
) -> list[ProjectFact]:
    return [
        ProjectFact(
            id=row.id,
            name=row.name,
            description=row.description,
            task_count=row.task_count,
            done_count=row.done_count,
            phase=next((_phase(each) for each in phases[row.id] if each.start_date <= day.date <= each.end_date), None),
            has_phases=bool(phases[row.id]),
            notes=[
                NoteFact(title=note.title or note.beginning, day=note.created_at.astimezone(day.zone).date())
                for note in notes[row.id][:NOTES_PER_PROJECT]
            ],
        )
        for row in rows
    ]


def _phase(row: Any) -> PhaseFact:
    return PhaseFact(name=row.name, description=row.description, start_date=row.start_date, end_date=row.end_date)


def _task(row: Any, day: Day, blocks: int, waits_for: int, busy: list[BusyTime]) -> TaskFact:
    moment = row.due_date or row.start_date
    local = moment.astimezone(day.zone) if moment else None
    has_time = row.due_has_time if row.due_date else row.start_has_time
    done_at = row.completed_at if row.status == TaskStatus.DONE else None
    return TaskFact(
        id=row.id,
        title=row.title,
        project_id=row.project_id,
        project=row.project or "",
        status=row.status,
        priority=row.priority,
        day=row.instance_date or (local.date() if local else None),
        is_due=row.due_date is not None and row.instance_date is None,
        at=f"{local:%H:%M}" if local and has_time else "",
        minutes=row.duration_minutes or 0,
        blocks=blocks,
        waits_for=waits_for,
        repeats=row.instance_date is not None,
        clash=_clash(row, day, busy),
        done_on=done_at.astimezone(day.zone).date() if done_at else None,
    )


def _clash(row: Any, day: Day, busy: list[BusyTime]) -> str:
    """What else the person has while the task is planned; of a repetition, on its next date."""
    if row.start_date is None or not row.start_has_time or row.status == TaskStatus.DONE:
        return ""
    start = row.start_date.astimezone(day.zone)
    if row.instance_date is not None:
        start = at_local(row.instance_date, start.time(), start)
    return first_clash(start, row.duration_minutes, busy)
