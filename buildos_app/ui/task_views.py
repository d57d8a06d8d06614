"""A task of a room as a row of a page."""

from buildos_app.clock import now, zone
from buildos_app.models.project import Priority, TaskStatus
from buildos_app.projects.queries import TaskView
from buildos_app.ui.views import Chip, TaskRow, duration_words, moment_words


def task_row_of(task: TaskView, timezone: str, *, show_project: bool = True) -> TaskRow:
    """The row of a task: its project or where it was found below the title, its facts as chips."""
    done = task.status == TaskStatus.DONE
    return TaskRow(
        id=str(task.id),
        title=task.title,
        why=(task.project_name if show_project else task.details) or "",
        done=done,
        chips=[Chip("done", "good")] if done else _facts(task, timezone),
    )


def replaced(rows: list[TaskRow], row: TaskRow) -> list[TaskRow]:
    """The rows with this one in the place of its older self."""
    return [row if each.id == row.id else each for each in rows]


def _facts(task: TaskView, timezone: str) -> list[Chip]:
    facts = [Chip(*_date(task, timezone))] if task.start_date or task.due_date else []
    if task.recurrence_pattern:
        facts.append(Chip(task.recurrence_pattern))
    if task.duration_minutes:
        facts.append(Chip(duration_words(task.duration_minutes)))
    if task.status == TaskStatus.BLOCKED:
        facts.append(Chip("blocked", "bad"))
    if task.priority == Priority.HIGH:
        facts.append(Chip("high", "warn"))
    return facts


def _date(task: TaskView, timezone: str) -> tuple[str, str]:
    moment = task.due_date or task.start_date
    if moment is None:
        return ("no date", "plain")
    local = moment.astimezone(zone(timezone))
    whole_day = (local.hour, local.minute) in {(9, 0), (23, 59)}
    words = moment_words(moment, zone(timezone), now(), has_time=not whole_day)
    late = moment < now()
    prefix = "by " if task.due_date else ""
    return (prefix + words, "bad" if late else "accent")
