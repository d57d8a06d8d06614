"""A task of a room as a row of a page, and what a quick line says as chips."""

from datetime import date, datetime
from uuid import UUID

from buildos_app.clock import now, zone
from buildos_app.errors import InvalidInput
from buildos_app.models.project import Priority, TaskStatus
from buildos_app.projects.queries import TaskView
from buildos_app.projects.quick_add import QuickTask
from buildos_app.projects.recurrence import rule_of, rule_words
from buildos_app.ui import routes
from buildos_app.ui.session import parse_id
from buildos_app.ui.views import Chip, TaskRow, day_words, duration_words, moment_words, plain_words


def task_row_of(task: TaskView, timezone: str, *, show_project: bool = True, missed: int = 0) -> TaskRow:
    """The row of a task: its project or where it was found below the title, its facts as chips.

    `missed` is the number of earlier dates of a recurring task that were missed.
    """
    return TaskRow(
        id=f"{task.id}@{task.instance_date}" if task.instance_date else str(task.id),
        title=task.title,
        why=_why(task, timezone, show_project=show_project),
        done=task.is_done,
        chips=[Chip("done", "good")] if task.is_done else _facts(task, timezone, missed),
        href=routes.task(task.id, task.instance_date),
        status=task.status,
        recurring=task.recurrence_pattern is not None,
    )


def parse_row(value: object) -> tuple[UUID, date | None]:
    """The task and the date that a row's id names. Raises InvalidInput."""
    task_id, _, day = str(value).partition("@")
    try:
        return parse_id(task_id), date.fromisoformat(day) if day else None
    except ValueError:
        raise InvalidInput("This link is not complete. Go back and open it again.") from None


def replaced(rows: list[TaskRow], row: TaskRow) -> list[TaskRow]:
    """The rows with this one in the place of its older self."""
    return [row if each.id == row.id else each for each in rows]


def repeat_words(task: TaskView, timezone: str) -> str:
    """How a task comes back, such as "every Monday"; empty where it does not."""
    if task.recurrence_pattern is None or task.start_date is None:
        return ""
    start = task.start_date.astimezone(zone(timezone)).date()
    return rule_words(task.recurrence_rule or rule_of(task.recurrence_pattern, start), start)


def quick_chips(quick: QuickTask, zone_now: datetime) -> list[Chip]:
    """What was understood of a quick line, in the order in which people say it."""
    chips: list[Chip] = []
    tz, start, due = zone(str(zone_now.tzinfo)), quick.start, quick.due
    if start is not None and quick.recurrence_pattern:
        rule = quick.recurrence_rule or rule_of(quick.recurrence_pattern, start.date())
        chips.append(Chip(rule_words(rule, start.date()), "accent"))
    if start is not None:
        prefix = "from " if quick.recurrence_pattern else ""
        chips.append(Chip(prefix + moment_words(start, tz, zone_now, has_time=quick.start_has_time), "accent"))
    if quick.recurrence_ends:
        chips.append(Chip(f"until {day_words(quick.recurrence_ends, zone_now.date())}", "accent"))
    if due is not None:
        chips.append(Chip("by " + moment_words(due, tz, zone_now, has_time=quick.due_has_time), "accent"))
    if quick.duration_minutes:
        chips.append(Chip(duration_words(quick.duration_minutes)))
    if quick.priority:
        chips.append(Chip(quick.priority, "warn" if quick.priority == Priority.HIGH else "plain"))
    if quick.project_name:
        chips.append(Chip(quick.project_name, "good"))
    if quick.unknown_project:
        chips.append(Chip(f"no project “{quick.unknown_project}”", "warn"))
    return chips


def _why(task: TaskView, timezone: str, *, show_project: bool) -> str:
    place = (task.project_name if show_project else plain_words(task.details)) or ""
    return " · ".join(filter(None, [place[:200], repeat_words(task, timezone)]))


def _facts(task: TaskView, timezone: str, missed: int) -> list[Chip]:
    facts = [Chip(*_date(task, timezone))] if task.moment else []
    if task.clash:
        facts.append(Chip(f"clashes with {task.clash[:60]}", "warn"))
    if missed:
        facts.append(Chip(f"{missed} more missed", "bad"))
    if task.duration_minutes:
        facts.append(Chip(duration_words(task.duration_minutes)))
    if task.status == TaskStatus.BLOCKED:
        facts.append(Chip("blocked", "bad"))
    if task.status == TaskStatus.IN_PROGRESS:
        facts.append(Chip("in progress", "accent"))
    if task.priority == Priority.HIGH:
        facts.append(Chip("high", "warn"))
    return facts


def _date(task: TaskView, timezone: str) -> tuple[str, str]:
    moment = task.moment
    if moment is None:
        return ("no date", "plain")
    words = moment_words(moment, zone(timezone), now(), has_time=task.has_time)
    prefix = "by " if task.due_date else ""
    return (prefix + words, "bad" if _is_late(task, moment, timezone) else "accent")


def _is_late(task: TaskView, moment: datetime, timezone: str) -> bool:
    """A moment with a time is late when it has passed, one without when its day has."""
    tz = zone(timezone)
    if task.has_time:
        return moment < now()
    return moment.astimezone(tz).date() < now().astimezone(tz).date()
