"""Rows as pages draw them: plain texts, already in the person's words, zone and order."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from buildos_app.projects.queries import ProjectView
from buildos_app.ui import routes

DOTS = (
    "oklch(62% .13 150)",
    "oklch(60% .15 268)",
    "oklch(68% .13 60)",
    "oklch(62% .14 20)",
    "oklch(62% .13 320)",
    "oklch(64% .11 220)",
)
LONGEST_LINE = 400
_BEGINNING = re.compile(r"^\s*(?:[-*+]|\d{1,3}\.|#{1,6}|>)\s+(?:\[[ xX]\]\s+)?", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|~~|\*|`)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True)
class Chip:
    """A small fact at the right of a row."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class TaskRow:
    """A task in any list. The id of one date of a recurring task is `<task id>@<date>`; `href` opens the panel."""

    id: str
    title: str
    why: str
    done: bool
    chips: list[Chip]
    href: str = ""
    status: str = ""
    recurring: bool = False


@dataclass(frozen=True)
class NavProject:
    """A project in the navigation and in the command bar."""

    id: str
    name: str
    href: str
    dot: str


def day_words(day: date, today: date) -> str:
    """A calendar day as people say it: today, tomorrow, Thu 26, Wed 25 Nov, 3 Mar 2027."""
    names = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    distance = (day - today).days
    if distance in names:
        return names[distance]
    if 1 < distance < 7:
        return f"{day:%a} {day.day}"
    return f"{day:%a} {day.day} {day:%b}" if abs(distance) < 180 else f"{day.day} {day:%b} {day.year}"


def moment_words(moment: datetime, zone: ZoneInfo, now: datetime, *, has_time: bool) -> str:
    """A moment in the person's zone, with its time where one was given."""
    local = moment.astimezone(zone)
    day = day_words(local.date(), now.astimezone(zone).date())
    return f"{day} · {local:%H:%M}" if has_time else day


def duration_words(minutes: int) -> str:
    """Minutes as people say them: 30 min, 2 h, 1 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest}" if rest else f"{hours} h"


def ago_words(moment: datetime, now: datetime) -> str:
    """How long ago something was."""
    age = now - moment
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(hours=1):
        return f"{int(age.total_seconds() // 60)} min ago"
    if age < timedelta(days=1):
        return f"{int(age.total_seconds() // 3600)} h ago"
    return f"{moment.day} {moment:%b}"


def plain_words(markdown: str) -> str:
    """The beginning of a Markdown text as one line of words, without its marks."""
    text = _BEGINNING.sub("", markdown[:LONGEST_LINE])
    return " ".join(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)).split())


def nav_project(item: ProjectView) -> NavProject:
    """A project as a line of the navigation; its dot keeps its colour as long as its id."""
    return NavProject(str(item.id), item.name, routes.project(item.id), DOTS[item.id.int % len(DOTS)])
