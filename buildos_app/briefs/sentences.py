"""The sentences of a brief as they follow from its facts: shown where no model wrote better ones that are true."""

from datetime import date, timedelta
from enum import StrEnum

from buildos_app.briefs.facts import BriefFacts, TaskFact, Value, is_open, is_overdue, is_ready
from buildos_app.briefs.ranking import Ranked, day_name, duration, rank

AHEAD_DAYS = 7
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five")


class Topic(StrEnum):
    """What a sentence is about; a brief has at most one of each, in this order."""

    HEADLINE = "headline"
    WELCOME = "welcome"
    FIRST = "first"
    THEN = "then"
    LATE = "late"
    TODAY = "today"
    YESTERDAY = "yesterday"
    AHEAD = "ahead"


class Sentence(Value):
    """One sentence."""

    topic: Topic
    text: str


class Counts(Value):
    """The numbers that sentences may speak of. `minutes` is what the tasks of today take together."""

    projects: int = 0
    open: int = 0
    overdue: int = 0
    today: int = 0
    upcoming: int = 0
    minutes: int = 0


def count(facts: BriefFacts) -> Counts:
    """The numbers of a brief."""
    today = for_today(facts)
    return Counts(
        projects=len(facts.projects),
        open=sum(map(is_open, facts.tasks)),
        overdue=len(overdue(facts)),
        today=len(today),
        upcoming=len(upcoming(facts)),
        minutes=sum(task.minutes for task in today),
    )


def overdue(facts: BriefFacts) -> list[TaskFact]:
    """What is late."""
    return [task for task in facts.tasks if is_overdue(task, facts.brief_date)]


def for_today(facts: BriefFacts) -> list[TaskFact]:
    """What is for today and can be done."""
    return [task for task in facts.tasks if is_ready(task) and task.day == facts.brief_date]


def upcoming(facts: BriefFacts) -> list[TaskFact]:
    """What comes in the seven days after today."""
    last = facts.brief_date + timedelta(days=AHEAD_DAYS)
    return [task for task in facts.tasks if is_ready(task) and task.day and facts.brief_date < task.day <= last]


def draft(facts: BriefFacts) -> list[Sentence]:
    """The sentences of the template, in their order; each of them passes the check of `check.py`."""
    ranked, counts = rank(facts.tasks, facts.brief_date), count(facts)
    texts = {
        Topic.HEADLINE: _headline(facts, ranked),
        Topic.WELCOME: _welcome(facts, counts),
        Topic.FIRST: _first(ranked, facts.brief_date),
        Topic.THEN: _then(ranked),
        Topic.LATE: f"{_tasks(counts.overdue, 'is', 'are')} overdue." if counts.overdue else "",
        Topic.TODAY: _today(counts),
        Topic.YESTERDAY: _yesterday(facts),
        Topic.AHEAD: f"{_tasks(counts.upcoming, 'comes', 'come')} in the next seven days." if counts.upcoming else "",
    }
    return [Sentence(topic=topic, text=text) for topic, text in texts.items() if text]


def _headline(facts: BriefFacts, ranked: list[Ranked]) -> str:
    if facts.is_reengagement:
        if facts.days_away <= 4:
            return "Your tasks are waiting"
        return "Do not lose the progress" if facts.days_away <= 10 else "We miss you"
    if not facts.projects and not facts.tasks:
        return "A fresh start"
    if not ranked:
        return "Nothing presses today"
    return f"{_NUMBERS[len(ranked)]} {'thing comes' if len(ranked) == 1 else 'things come'} first today"


def _welcome(facts: BriefFacts, counts: Counts) -> str:
    if facts.is_reengagement:
        days = f"{facts.days_away} {'day' if facts.days_away == 1 else 'days'}"
        return f"You were away for {days}. {_tasks(counts.open, 'waits', 'wait')} for you."
    if not facts.projects and not facts.tasks:
        return "There is no project yet. Write down what is on your mind, and the next brief has something to say."
    return ""


def _first(ranked: list[Ranked], today: date) -> str:
    if not ranked:
        return ""
    task = ranked[0].task
    parts = [_when(task, today)] if task.day is not None else []
    if task.blocks:
        parts.append(f"{_tasks(task.blocks, 'waits', 'wait')} for it")
    if task.priority == "high" and len(parts) < 2:
        parts.append("it has high priority")
    why = f": {' and '.join(parts)}" if parts else ""
    return f"Start with {quoted(task.title)}{why}."


def _then(ranked: list[Ranked]) -> str:
    titles = [quoted(item.task.title) for item in ranked[1:3]]
    if not titles:
        return ""
    return f"After that {'comes' if len(titles) == 1 else 'come'} {' and '.join(titles)}."


def _when(task: TaskFact, today: date) -> str:
    assert task.day is not None  # noqa: S101 - asked by the caller
    late = (today - task.day).days
    if late > 0:
        return f"it is {late} {'day' if late == 1 else 'days'} overdue"
    words = "due" if task.is_due else "planned"
    at = f" {'by' if task.is_due else 'at'} {task.at}" if task.at else ""
    return f"it is {words} {day_name(task.day, today)}{at}"


def _today(counts: Counts) -> str:
    if not counts.today:
        return "" if counts.overdue else "Nothing is due today."
    take = f" and {'takes' if counts.today == 1 else 'take'} about {duration(counts.minutes)} in all"
    return f"{_tasks(counts.today, 'is', 'are')} for today{take if counts.minutes else ''}."


def _yesterday(facts: BriefFacts) -> str:
    was = facts.yesterday
    if not was.planned and not was.done:
        return ""
    slipped = f"{was.slipped} slipped" if was.slipped else "nothing slipped"
    return f"Yesterday you planned {was.planned}, finished {was.done}, and {slipped}."


def _tasks(number: int, one: str, many: str) -> str:
    return f"{number} {'task ' + one if number == 1 else 'tasks ' + many}"


def quoted(title: str) -> str:
    """A title as sentences show it."""
    return f"“{title}”"
