"""A model's reading of the answers, held against what was written. Pure."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import ValidationError

from buildos_app.models.onboarding import BriefMailValue, BriefValue, FindingKind, HoursValue, SettingValue
from buildos_app.onboarding.answers import NAMES
from buildos_app.onboarding.prompts import Findings, FoundBrief, FoundHours
from buildos_app.phrases.text import clean
from buildos_app.projects.recurrence import DAY_NAMES

MOST_PROJECTS: Final = 12
MOST_QUESTIONS: Final = 5
CATEGORIES: Final = frozenset("situation purpose scope approach coordination knowledge".split())


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
        quote = clean(project.quote, 500)
        quote = quote if quote.casefold() in written else ""
        add(NewFinding(FindingKind.PROJECT, clean(project.name, 120), clean(project.description, 500), quote))
    for question in reply.questions[:MOST_QUESTIONS]:
        category = question.category if question.category in CATEGORIES else ""
        add(NewFinding(FindingKind.QUESTION, clean(question.question, 500), value={"category": category}))
    for setting in (*_hours(reply.hours), *_brief(reply.brief)):
        quote = clean(setting.quote, 300)
        add(replace(setting, quote=quote if quote.casefold() in written else ""))
    return found


def _hours(hours: FoundHours | None) -> list[NewFinding]:
    """Working hours, as far as they were said and can be."""
    if hours is None or not (hours.start or hours.end or hours.days):
        return []
    days = sorted({day for day in hours.days if 1 <= day <= 7}) or [1, 2, 3, 4, 5]
    try:
        value = HoursValue(start=hours.start or "09:00", end=hours.end or "17:00", days=days)
    except ValidationError:
        return []
    names = ", ".join(DAY_NAMES[day - 1][:3] for day in days)
    return [_setting(f"Working hours: {value.start:%H:%M} to {value.end:%H:%M}, {names}", hours.quote, value)]


def _brief(brief: FoundBrief | None) -> list[NewFinding]:
    """When briefs come, and whether by mail."""
    if brief is None:
        return []
    found = []
    day = brief.day if brief.day in range(1, 8) else None
    if brief.time or day:
        try:
            value = BriefValue(at=brief.time or "09:00", day_of_week=day % 7 if day else None)
        except ValidationError:
            return []
        every = f"every {DAY_NAMES[day - 1]}" if day else "every day"
        found.append(_setting(f"A brief {every} at {value.at:%H:%M}", brief.quote, value))
    if brief.by_mail:
        found.append(_setting("Your briefs by mail too", brief.quote, BriefMailValue(setting="brief_email")))
    return found


def _setting(words: str, quote: str, value: SettingValue) -> NewFinding:
    return NewFinding(FindingKind.SETTING, words, quote=quote, value=value.model_dump(mode="json"))
