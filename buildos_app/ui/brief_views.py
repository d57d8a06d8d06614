"""A brief of a room as pages draw it."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from buildos_app.briefs.content import BriefContent, ProjectPart
from buildos_app.briefs.facts import TaskFact
from buildos_app.briefs.letter import checked_words, yesterday_words
from buildos_app.briefs.page_text import standing, task_lists, when
from buildos_app.briefs.queries import BriefView
from buildos_app.ui import routes


@dataclass(frozen=True)
class RankedRow:
    """A task in the order of the day; `gone` when it was deleted since."""

    id: str
    number: int
    title: str
    why: str
    project: str
    done: bool
    gone: bool
    href: str


@dataclass(frozen=True)
class PartTask:
    """A task in a project's part."""

    title: str
    why: str
    href: str


@dataclass(frozen=True)
class PartList:
    """Tasks of one kind."""

    title: str
    tone: str
    tasks: list[PartTask]


@dataclass(frozen=True)
class PartCard:
    """What a brief says about a project."""

    name: str
    href: str
    standing: str
    lists: list[PartList]
    notes: list[str]
    quiet: bool


@dataclass(frozen=True)
class BriefCard:
    """A brief as it is read."""

    title: str = ""
    summary: str = ""
    notable: str = ""
    checked: str = ""
    yesterday: str = ""
    replaced: str = ""
    note: str = ""
    ranked: list[RankedRow] = field(default_factory=list)
    parts: list[PartCard] = field(default_factory=list)


def brief_card(brief: BriefView, done: dict[UUID, bool]) -> BriefCard:
    """A whole brief; `done` says of each of its ranked tasks whether it is done by now."""
    content = BriefContent.model_validate(brief.content)
    ranked = [
        RankedRow(
            f"{item.task.id}@{item.task.day}" if item.task.repeats else str(item.task.id),
            number,
            item.task.title,
            " · ".join(item.reasons),
            item.task.project,
            done.get(item.task.id, False),
            item.task.id not in done,
            _panel(item.task),
        )
        for number, item in enumerate(content.ranked, start=1)
    ]
    return BriefCard(
        title=content.headline,
        summary=content.summary,
        notable=content.notable,
        checked=checked_words(content),
        yesterday=yesterday_words(content.yesterday),
        replaced=_replaced(content.replaced),
        note=content.note,
        ranked=ranked,
        parts=[part_card(part, brief.brief_date) for part in content.projects],
    )


def part_card(part: ProjectPart, today: date) -> PartCard:
    """A project's part."""
    lists = [
        PartList(title, "bad" if title == "Overdue" else "plain", [_task(task, today) for task in tasks])
        for title, tasks in task_lists(part)
    ]
    href = routes.project(part.id) if part.id else ""
    return PartCard(part.name, href, standing(part), lists, [note.title for note in part.notes], part.is_quiet)


def day_title(day: date) -> str:
    """Monday 23 November 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def place_of(timezone: str) -> str:
    """Berlin, of Europe/Berlin."""
    return timezone.rpartition("/")[2].replace("_", " ")


def _task(task: TaskFact, today: date) -> PartTask:
    return PartTask(task.title, when(task, today), _panel(task))


def _panel(task: TaskFact) -> str:
    return routes.task(task.id, task.day if task.repeats else None)


def _replaced(count: int) -> str:
    if not count:
        return ""
    subject = (
        "1 sentence did not match your data and was" if count == 1 else f"{count} sentences did not match and were"
    )
    return f"{subject} replaced"
