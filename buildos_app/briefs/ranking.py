"""The order of the day, and why: points for what makes a task pressing, the same input always in the same order."""

from datetime import date

from buildos_app.briefs.facts import TaskFact, Value, is_overdue, is_ready

MOST = 5
_WEEK = 7


class Ranked(Value):
    """A task in its place, with the reasons in words."""

    task: TaskFact
    reasons: list[str]


def rank(tasks: list[TaskFact], today: date, *, most: int = MOST) -> list[Ranked]:
    """The tasks to do first. What is done, blocked, waits for another task or is weeks away is not among them."""
    candidates = [task for task in tasks if _is_candidate(task, today)]
    candidates.sort(key=lambda task: (-points(task, today), task.day or date.max, task.at or "~", task.title, task.id))
    return [Ranked(task=task, reasons=reasons(task, today)) for task in candidates[:most]]


def points(task: TaskFact, today: date) -> int:
    """How pressing a task is. Late beats today, today beats what comes; what others wait for moves up."""
    score = {"high": 15, "low": -8}.get(task.priority, 0) + 8 * min(task.blocks, 3)
    score += 6 if task.status == "in_progress" else 0
    if task.day is None:
        return score
    days = (task.day - today).days
    if days < 0:
        return score + 40 + 2 * min(-days, 14)
    if days == 0:
        return score + (35 if task.is_due else 28)
    return score + (20 - 2 * min(days, _WEEK) if task.is_due else 10 - min(days, _WEEK))


def reasons(task: TaskFact, today: date) -> list[str]:
    """Why it stands there: "3 days overdue", "blocks 2 tasks", "at 15:00 today", "high priority", "30 min"."""
    words = [_date_reason(task, today)] if task.day is not None else []
    if task.blocks:
        words.append(f"blocks {task.blocks} {'task' if task.blocks == 1 else 'tasks'}")
    if task.priority == "high":
        words.append("high priority")
    if task.status == "in_progress":
        words.append("already begun")
    if task.minutes:
        words.append(duration(task.minutes))
    return words


def duration(minutes: int) -> str:
    """Minutes as people say them: 30 min, 2 h, 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def day_name(day: date, today: date) -> str:
    """today, tomorrow, yesterday, on Thursday, on 3 December."""
    distance = (day - today).days
    if distance in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[distance]
    return f"on {day:%A}" if 1 < distance < _WEEK else f"on {day.day} {day:%B}"


def _date_reason(task: TaskFact, today: date) -> str:
    assert task.day is not None  # noqa: S101 - asked by the caller
    days = (task.day - today).days
    if days < 0:
        return f"{-days} {'day' if days == -1 else 'days'} overdue"
    if days == 0 and task.at:
        return f"{'by' if task.is_due else 'at'} {task.at} today"
    return f"{'due' if task.is_due else 'planned'} {day_name(task.day, today)}"


def _is_candidate(task: TaskFact, today: date) -> bool:
    if not is_ready(task):
        return False
    if is_overdue(task, today) or task.status == "in_progress" or task.blocks:
        return True
    if task.day is None:
        return task.priority == "high"
    return (task.day - today).days <= _WEEK
