"""The answer to ReadAnswers: a project for each thing that is listed, the questions that nearly every plan leaves open,
and the hours of the day where they are written down."""

import re
from datetime import time
from typing import Final

from buildos_app.integrations.offline.titles import capital, shorten
from buildos_app.onboarding.prompts import Findings, FoundBrief, FoundHours, FoundProject, FoundQuestion, ReadAnswers

_NAME_LENGTH: Final = 80
_PIECES = re.compile(r"[\n;•]+|(?<=[.!?])\s+|,\s+(?:and\s+)?(?=(?:I|we|then|also|to|a|an|the|my|our)\b)", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:[-*\d.)\s]+|(?:ok|okay|so|well|also|and|then|first|second|mainly|currently|right now|at the moment)[\s,]+|"
    r"(?:i|we)(?:'m|'re|'d| am| are| want| need| have| would like| plan| hope| must| should)*\s+(?:to\s+)?|"
    r"(?:trying|going|hoping|planning|working|want|need)\s+(?:to|on)\s+|to\s+)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\b(?P<from>\d{1,2})(?::(?P<from_minute>\d\d))?\s*(?P<from_half>am|pm)?\s*(?:to|-|–|until|till)\s*"
    r"(?P<to>\d{1,2})(?::(?P<to_minute>\d\d))?\s*(?P<to_half>am|pm)?\b",
    re.IGNORECASE,
)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_RANGE = re.compile(rf"\b({'|'.join(_DAYS)})s?\s*(?:to|-|–|until|through)\s*({'|'.join(_DAYS)})s?\b", re.IGNORECASE)
_AT = re.compile(r"\bat\s+(?P<at>\d{1,2})(?::(?P<at_minute>\d\d))?\s*(?P<at_half>am|pm)?\b", re.IGNORECASE)
_WEEKLY = re.compile(rf"\b(?:every|each|on)\s+(?P<day>{'|'.join(_DAYS)})s?\b", re.IGNORECASE)
_BY_MAIL = re.compile(r"\b(?:e-?mail|mail)\b", re.IGNORECASE)
_TELL = re.compile(r"\b(?:tell|remind|show|send|brief|mail|e-?mail|write)\b", re.IGNORECASE)


def read_answers(prompt: ReadAnswers) -> Findings:
    """What the words themselves say."""
    projects = _projects(prompt)
    return Findings(
        projects=projects,
        questions=_questions(prompt, projects),
        hours=_hours(prompt.work_style),
        brief=_brief(prompt.help_focus),
        summary=f"{len(projects)} projects are named." if projects else "No project is named yet.",
    )


def _projects(prompt: ReadAnswers) -> list[FoundProject]:
    existing = {name.casefold() for name in prompt.existing_projects}
    found: dict[str, FoundProject] = {}
    for piece in _PIECES.split(prompt.projects):
        quote = piece.strip()
        name = _name(quote)
        if len(name) >= 4 and name.casefold() not in existing:
            found.setdefault(name.casefold(), FoundProject(name=name, quote=quote))
    return list(found.values())


def _name(text: str) -> str:
    """The piece without how it is introduced; a subordinate rest is left out."""
    before = None
    while text != before:
        before, text = text, _LEAD.sub("", text).strip(" \t,.!?:-–*")
    text = re.split(r"\s(?:because|since|so that|which|but)\b|\s[–-]\s|:\s", text, maxsplit=1)[0]
    return shorten(capital(text.strip(" ,.")), _NAME_LENGTH) if text else ""


def _questions(prompt: ReadAnswers, projects: list[FoundProject]) -> list[FoundQuestion]:
    asked = []
    for project in projects[:2]:
        asked.append(FoundQuestion(question=f"When should “{project.name}” be done?", category="scope"))
        asked.append(FoundQuestion(question=f"What is the next step of “{project.name}”?", category="approach"))
    if prompt.challenges.strip():
        asked.append(
            FoundQuestion(question="Which of your projects suffers most from what is hard?", category="situation")
        )
    if prompt.help_focus.strip():
        asked.append(FoundQuestion(question="How would you notice that BuildOS helps?", category="purpose"))
    return asked[:5]


def _hours(text: str) -> FoundHours | None:
    found = _RANGE.search(text)
    start = _clock(found, "from") if found else None
    end = _clock(found, "to") if found else None
    if start and end and end <= start and end.hour < 12:
        end = end.replace(hour=end.hour + 12)
    days = _days(text)
    if not days and not (start and end):
        return None
    sentence = next((part for part in re.split(r"(?<=[.!?])\s|\n", text) if found and found[0] in part), "")
    hours = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"} if start and end else {}
    return FoundHours(**hours, days=days, quote=sentence.strip())


def _brief(text: str) -> FoundBrief | None:
    """A time to be told what comes first, a day for once a week, and whether a mail is asked for."""
    for sentence in re.split(r"(?<=[.!?])\s|\n", text):
        at, weekly = _AT.search(sentence), _WEEKLY.search(sentence)
        by_mail = _BY_MAIL.search(sentence) is not None
        if _TELL.search(sentence) and (at or weekly or by_mail):
            clock = _clock(at, "at") if at else None
            day = _DAYS.index(weekly["day"].lower()) + 1 if weekly else None
            return FoundBrief(time=f"{clock:%H:%M}" if clock else "", day=day, by_mail=by_mail, quote=sentence.strip())
    return None


def _clock(found: re.Match[str], side: str) -> time | None:
    hour, minute = int(found[side]), int(found[f"{side}_minute"] or 0)
    half = (found[f"{side}_half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(text: str) -> list[int]:
    """Weekdays of a range, without those that are said to be free."""
    found = _DAY_RANGE.search(text)
    free = {number for number, name in enumerate(_DAYS, 1) if re.search(rf"\b(?:no|not on|except) {name}", text, re.I)}
    if not found:
        return [day for day in (1, 2, 3, 4, 5) if day not in free] if free else []
    first, last = (_DAYS.index(found[number].lower()) + 1 for number in (1, 2))
    days = range(first, last + 1) if first <= last else [*range(first, 8), *range(1, last + 1)]
    return [day for day in days if day not in free]
