"""One line becomes a task: "call Ana tomorrow 15:00 30m !high #garden every Monday". Pure.

The dates, repetitions, durations and priorities are those of `buildos_app/phrases`, as a dump is read. What is not
understood stays in the title, and so does everything "in quotes".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from buildos_app.models.project import Priority, RecurrencePattern
from buildos_app.phrases.durations import find_duration
from buildos_app.phrases.grouping import Group, combine, find_groups
from buildos_app.phrases.priorities import find_priority
from buildos_app.phrases.resolving import Resolved, resolve
from buildos_app.projects.recurrence import rule_of
from buildos_app.projects.slugs import slugify

LONGEST_LINE = 500
Span = tuple[int, int]
_QUOTED = re.compile(r"[\"“]([^\"“”]{1,200})[\"”]")
_TAG = re.compile(r"(?<![\w#&/])#(?:[\"“]([^\"“”]{1,100})[\"”]|([^\W\d][\w.-]{0,60}))")
_BANG = re.compile(
    r"(?<![\w!])(?:!(?:(?P<medium>medium|normal|2)|high|urgent|low|[13])(?!\w)|!!(?=\s|$))", re.IGNORECASE
)
_LEFT_AT_AN_END = re.compile(r"^[\s,;:–-]+|[\s,;:–-]+$")
_UNTIL = re.compile(r"\b(?:until|till|ending(?: on)?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class QuickTask:
    """What a line says. `spans` are the characters that were understood; `unknown_project` is a tag without a project.

    `title` may be empty: then there is nothing to do yet.
    """

    title: str
    start: datetime | None = None
    start_has_time: bool = False
    due: datetime | None = None
    due_has_time: bool = False
    duration_minutes: int | None = None
    priority: str | None = None
    project_id: UUID | None = None
    project_name: str = ""
    unknown_project: str = ""
    recurrence_pattern: str | None = None
    recurrence_rule: str | None = None
    recurrence_ends: date | None = None
    spans: tuple[Span, ...] = ()


def read_line(line: str, now: datetime, projects: Mapping[UUID, str], *, here: UUID | None = None) -> QuickTask:
    """What a line says at a moment, in the zone of `now`; `projects` are the names of the person's.

    Without a tag the task goes to the project `here`.
    """
    line = " ".join(line.replace("\0", "").split())[:LONGEST_LINE]
    quoted = [found.span() for found in _QUOTED.finditer(line) if not line[: found.start()].endswith("#")]
    tags = [found for found in _TAG.finditer(line) if not _inside(found.span(), quoted)]
    task, used = _project(tags, projects)
    if here is not None and here in projects and task.project_id is None:
        task = replace(task, project_id=here, project_name=projects[here])
    open_text = _without(line, [*quoted, *(found.span() for found in tags)])
    task, used_here = _priority(task, open_text)
    used += used_here
    task, used_here = _moments(task, _without(open_text, used), now)
    used += used_here
    duration = find_duration(_without(open_text, used))
    if duration:
        task = replace(task, duration_minutes=duration.minutes)
        used.append((duration.start, duration.end))
    title = _QUOTED.sub(r"\1", _cut(line, used))
    return replace(task, title=" ".join(title.split()), spans=tuple(sorted(used)))


def _inside(span: Span, others: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text with these characters out of sight and every other one in its place."""
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _cut(text: str, spans: Iterable[Span]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start].rstrip() + " " + text[end:].lstrip()
    text = re.sub(r"\s+([,;.!?])", r"\1", text)
    return _LEFT_AT_AN_END.sub("", re.sub(r"([,;]){2,}", r"\1", text))


def _project(tags: list[re.Match[str]], projects: Mapping[UUID, str]) -> tuple[QuickTask, list[Span]]:
    """The first tag that names a project: by its whole name, by its beginning, by one of its words."""
    unknown = ""
    for tag in tags:
        wanted = slugify(tag[1] or tag[2])
        found = min(
            ((rank, name, key) for key, name in projects.items() if (rank := _rank(wanted, slugify(name))) is not None),
            default=None,
        )
        if found:
            return QuickTask("", project_id=found[2], project_name=found[1]), [tag.span()]
        unknown = unknown or tag[0][1:].strip('"“”')
    return QuickTask("", unknown_project=unknown), []


def _rank(wanted: str, slug: str) -> int | None:
    if slug == wanted:
        return 0
    if slug.startswith(wanted):
        return 1
    return 2 if wanted in slug.split("-") else None


def _priority(task: QuickTask, text: str) -> tuple[QuickTask, list[Span]]:
    """Signs such as !high count wherever they stand and go. Words such as "urgent" count too, and stay in the title
    unless they begin or end the line."""
    bang = _BANG.search(text)
    if bang:
        medium = bang["medium"] is not None
        level = Priority.MEDIUM if medium else find_priority(bang[0])[0]
        return replace(task, priority=level), [bang.span()]
    level, span = find_priority(text)
    if level is None or span is None:
        return task, []
    at_an_end = not text[: span[0]].strip("\0 ,;") or not text[span[1] :].strip("\0 ,;.!")
    return replace(task, priority=level), [span] if at_an_end else []


@dataclass(frozen=True)
class _Said:
    """A moment that one or several places of the line name together."""

    group: Group
    spans: list[Span]
    moment: Resolved


def _moments(task: QuickTask, text: str, now: datetime) -> tuple[QuickTask, list[Span]]:
    """The beginning and the last moment: the first of each, with a time or a repetition that stands apart."""
    said: dict[Literal["start", "due"], _Said] = {}
    for group in _repetition_first(list(find_groups(text, now)), now):
        moment = resolve(group, now)
        if moment is None:
            continue
        kind: Literal["start", "due"] = "start" if group.is_repetition else moment.kind
        together = next((both for each in said if (both := _together(said[each], group, now))), None)
        if together is not None:
            said["start" if together.group.is_repetition else together.moment.kind] = together
        elif kind not in said:
            said[kind] = _Said(group, [(group.start, group.end)], moment)
    task = _with_start(task, said.get("start"), now)
    task = _with_due(task, said.get("due"), text)
    return task, [span for each in said.values() for span in each.spans]


def _repetition_first(groups: list[Group], now: datetime) -> list[Group]:
    return sorted(groups, key=lambda group: not group.is_repetition)


def _together(before: _Said, group: Group, now: datetime) -> _Said | None:
    """One moment of two places, where one of them lacks what the other has; never of two deadlines or two days."""
    first = before.group
    adds_time = not (first.has_day and group.has_day)
    adds_repetition = first.is_repetition and group.day is not None and group.lead in ("none", "start")
    adds_beginning = adds_repetition and first.day is None
    if not (adds_time or adds_beginning) or {first.lead, group.lead} == {"by", "start"}:
        return None
    both = combine(first, group)
    moment = resolve(both, now) if both else None
    if both is None or moment is None:
        return None
    return _Said(both, [*before.spans, (group.start, group.end)], moment)


def _with_start(task: QuickTask, said: _Said | None, now: datetime) -> QuickTask:
    if said is None:
        return task
    task = replace(task, start=said.moment.at, start_has_time=said.moment.has_time)
    repeat = said.group.repeat
    if repeat is None:
        return task
    return replace(task, recurrence_pattern=repeat.pattern, recurrence_rule=_whole_rule(repeat.rule, said.moment.at))


def _whole_rule(rule: str | None, start: datetime) -> str | None:
    """A counted rule ("every 6 months") takes its day from the start, as its pattern does."""
    if rule is None or "BY" in rule or "DAILY" in rule:
        return rule
    frequency, interval = rule.split(";")
    pattern = {
        "WEEKLY": RecurrencePattern.WEEKLY,
        "MONTHLY": RecurrencePattern.MONTHLY,
        "YEARLY": RecurrencePattern.YEARLY,
    }
    days = rule_of(pattern[frequency.removeprefix("FREQ=")], start.date()).partition(";")[2]
    return f"{frequency};{interval};{days}"


def _with_due(task: QuickTask, said: _Said | None, text: str) -> QuickTask:
    """A last moment; of a repetition said with "until" it is its end."""
    if said is None:
        return task
    if task.recurrence_pattern and _UNTIL.search(text[said.spans[0][0] : said.spans[0][1]]):
        return replace(task, recurrence_ends=said.moment.at.date())
    if task.recurrence_pattern:
        return task
    return replace(task, due=said.moment.at, due_has_time=said.moment.has_time)
