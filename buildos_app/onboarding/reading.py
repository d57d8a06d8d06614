"""A model's reading of the answers, held against what was written. Pure."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final

from buildos_app.models.onboarding import FindingKind
from buildos_app.onboarding.answers import NAMES
from buildos_app.onboarding.prompts import Findings, FoundHours

MOST_PROJECTS: Final = 12
MOST_QUESTIONS: Final = 5
CATEGORIES: Final = frozenset("situation purpose scope approach coordination knowledge".split())
DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class NewFinding:
    """Something to propose to the person."""

    kind: FindingKind
    name: str
    details: str = ""
    quote: str = ""
    value: dict[str, Any] = field(default_factory=dict)


def checked(
    reply: Findings, words: dict[str, str], existing: list[str], settled: set[tuple[str, str]]
) -> list[NewFinding]:
    """What of a reading may be proposed: projects that are not there yet, each once, with a quote that was really
    written; questions, each once; hours that can be. `settled` are kinds and lower names that had an answer before."""
    written = " ".join(" ".join(words[name].split()) for name in NAMES).casefold()
    taken = {("project", name.casefold()) for name in existing} | settled
    found: list[NewFinding] = []

    def add(finding: NewFinding) -> None:
        key = (str(finding.kind), finding.name.casefold())
        if finding.name and key not in taken:
            taken.add(key)
            found.append(finding)

    for project in reply.projects[:MOST_PROJECTS]:
        quote = _line(project.quote, 500)
        quote = quote if quote.casefold() in written else ""
        add(NewFinding(FindingKind.PROJECT, _line(project.name, 120), _line(project.description, 500), quote))
    for question in reply.questions[:MOST_QUESTIONS]:
        category = question.category if question.category in CATEGORIES else ""
        add(NewFinding(FindingKind.QUESTION, _line(question.question, 500), value={"category": category}))
    hours = _hours(reply.hours, written) if reply.hours else None
    if hours is not None:
        add(hours)
    return found


def _hours(hours: FoundHours, written: str) -> NewFinding | None:
    try:
        start, end = time.fromisoformat(hours.start or "09:00"), time.fromisoformat(hours.end or "17:00")
    except ValueError:
        return None
    days = sorted({day for day in hours.days if 1 <= day <= 7}) or [1, 2, 3, 4, 5]
    if end.replace(tzinfo=None) <= start.replace(tzinfo=None) or not (hours.start or hours.end or hours.days):
        return None
    value = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "days": days}
    names = ", ".join(DAY_NAMES[day - 1] for day in days)
    words = f"Working hours: {value['start']} to {value['end']}, {names}"
    quote = _line(hours.quote, 300)
    return NewFinding(FindingKind.SETTING, words, quote=quote if quote.casefold() in written else "", value=value)


def _line(text: str, length: int) -> str:
    whole = text.encode("utf-8", "replace").decode()
    return " ".join("".join(letter if letter.isprintable() else " " for letter in whole).split())[:length].strip()
