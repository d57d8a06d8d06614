"""A brief as Markdown, to copy and to download; what a person or a model wrote cannot become anything else in it."""

import re
from datetime import date

from buildos_app.briefs.content import BriefContent, ProjectPart
from buildos_app.briefs.facts import TaskFact
from buildos_app.briefs.ranking import day_name, duration
from buildos_app.briefs.sentences import Topic

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
ICONS = {"backlog": "[ ]", "in_progress": "[~]", "blocked": "[!]", "done": "[x]"}


def as_markdown(content: BriefContent, brief_date: date) -> str:
    """The whole brief."""
    lines = [f"# {plain(content.headline)}", "", long_date(brief_date), ""]
    lines += [f"{content.notable}", ""] if content.notable else []
    lines += [plain(content.summary), ""]
    lines += [plain(each.text) + "\n" for each in content.sentences if each.topic == Topic.YESTERDAY]
    if content.ranked:
        lines += ["## In this order, because", ""]
        lines += [
            f"{number}. {plain(item.task.title)}: {plain(' · '.join(item.reasons))}"
            for number, item in enumerate(content.ranked, start=1)
        ]
        lines.append("")
    for part in content.projects:
        lines += [*project_lines(part, brief_date), ""]
    return "\n".join(lines).strip() + "\n"


def project_lines(part: ProjectPart, today: date) -> list[str]:
    """A project's part; each list is left out when it is empty (behaviour.md 3.5)."""
    lines = [f"## {plain(part.name)}", ""]
    lines += [plain(part.description), ""] if part.description else []
    lines += [plain(standing(part)), ""] if standing(part) else []
    for title, tasks in task_lists(part):
        lines += [f"### {title}", "", *(f"- {_task(task, today)}" for task in tasks), ""]
    if part.notes:
        lines += ["### New notes", "", *(f"- {plain(note.title)}" for note in part.notes), ""]
    if part.is_quiet:
        lines += ["Nothing moves here right now.", ""]
    return lines[:-1]


def task_lists(part: ProjectPart) -> list[tuple[str, list[TaskFact]]]:
    """The lists that hold something, with their titles."""
    lists = (
        ("Overdue", part.overdue),
        ("Today", part.today),
        ("Next seven days", part.upcoming),
        ("Waiting or blocked", part.blocked),
        ("Done lately", part.done),
    )
    return [(title, tasks) for title, tasks in lists if tasks]


def standing(part: ProjectPart) -> str:
    """Where a project stands: "Phase Build, until 29 November. 1 of 5 done." """
    words = []
    if part.phase is not None:
        words.append(f"Phase {part.phase.name}, until {part.phase.end_date.day} {part.phase.end_date:%B}.")
    elif part.has_phases:
        words.append("No phase is running.")
    if part.task_count:
        words.append(f"{part.done_count} of {part.task_count} done.")
    return " ".join(words)


def when(task: TaskFact, today: date) -> str:
    """The date of a task in a few words, or nothing."""
    if task.day is None or task.done_on is not None:
        return ""
    late = (today - task.day).days
    if late > 0:
        return f"{late} {'day' if late == 1 else 'days'} overdue"
    day = day_name(task.day, today).removeprefix("on ")
    words = f"{'by ' if task.is_due else ''}{day}{' ' + task.at if task.at else ''}"
    return f"{words}, clashes with “{task.clash}”" if task.clash else words


def long_date(day: date) -> str:
    """Monday 23 November 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def plain(text: str) -> str:
    """A text whose characters mean themselves in Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _task(task: TaskFact, today: date) -> str:
    facts = [
        plain(when(task, today)),
        "high" if task.priority == "high" else "",
        duration(task.minutes) if task.minutes else "",
    ]
    shown = " · ".join(filter(None, facts))
    return f"{ICONS.get(task.status, '[ ]')} {plain(task.title)}" + (f" ({shown})" if shown else "")
