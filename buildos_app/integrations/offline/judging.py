"""Is a clause a task, a note or noise, and what are its title, date, duration and priority?"""

import re
from dataclasses import replace
from typing import Final

from buildos_app.integrations.offline.clauses import Action, Span, find_action, is_imperative, skip_lead
from buildos_app.integrations.offline.events import event, planned, wanted
from buildos_app.integrations.offline.findings import Finding, Section, joined_words
from buildos_app.integrations.offline.reports import is_report_of_done
from buildos_app.integrations.offline.titles import capital, clean_title
from buildos_app.integrations.offline.wording import (
    BLOCKED,
    DECISION,
    FACT,
    FEELING,
    IDEA,
    NEGATED,
    NO_ACTION,
    QUESTION,
    REPAIRS,
    REPORT,
    STOPWORDS,
    TAKEN_BACK,
    WISH,
)
from buildos_app.phrases.dates import When
from buildos_app.phrases.durations import find_duration
from buildos_app.phrases.priorities import find_priority

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CARRIER: Final = frozenset(
    """
    it this that these should will it'll takes take took needs need to be done must has is due by for about probably
    maybe the deadline happen happens me all only just very pretty super priority please latest around roughly and
    or with under a an at most so also ok on in of quick really max it's that's can low high ideally
    would good great fine nice works best perfect possible better latest deadline's
    """.split()
)
_EDGES = " \t\r\n,;:.!?-–—…*_"
_REPAIR = re.compile(r"(?P<verb>[a-z]+)\s(?:that|it|this|them)\b", re.IGNORECASE)
_BROKEN_THING = re.compile(
    r"(?P<thing>(?:the|my|our)\s(?:[^\W\d_-]+[\s-]){0,2}[^\W\d_]+?)(?:['’]s|\s(?:is|are|was|keeps|has|have|does|doesn['’]t|won['’]t|"
    r"isn['’]t|still|needs|leaks|broke|squeaks|drips))\b",
    re.IGNORECASE,
)
_PRONOUN_OBJECT = re.compile(r"^\w+\s(?:it|that|this|them|him|her|these|those)\b", re.IGNORECASE)
_REASON = re.compile(
    r"[,\s]\s?(?:because|since (?:i|we|it|he|she|they|the|my)\b|as (?:i|we|it|he|she|they) |otherwise|"
    r"or (?:he|she|it|they|we|i|else) |so (?:that )?(?:i|we|it|he|she|they) )",
    re.IGNORECASE,
)
_HAS_SIGN = re.compile(r"\d|https?://|www\.|\S@\S|[€$£]|(?<=[a-z,] )[A-Z][a-z]+")
_MIN_NOTE_WORDS = 3


def judge(dump: str, span: Span, sentence: Span, whens: list[When]) -> Finding:
    """What the clause `dump[span]` is; `whens` are the mentions of moments in the dump."""
    start, end = _trimmed(dump, span)
    text = dump[start:end]
    inside = [when for when in whens if start <= when.start and when.end <= end]
    marks = _marks(text, inside, start)
    base = Finding("noise", start, end, sentence)
    if not text:
        return base
    if NO_ACTION.search(text) or TAKEN_BACK.match(text):
        return base
    action = find_action(text, marks)
    if action and dump[end : end + 1] == "?" and is_imperative(text, action.start) and not WISH.search(text):
        return _note(base, text, action.start, "Open questions")  # "raise the fee?" is not decided yet
    if action:
        return _task(base, text, action, inside)
    return (
        _hint(base, text, marks, inside)
        or wanted(base, text, marks, inside)
        or planned(base, text, marks, inside)
        or event(base, text, marks, inside)
        or _statement(base, text, dump)
    )


def _trimmed(dump: str, span: Span) -> Span:
    start, end = span
    while start < end and dump[start] in _EDGES:
        start += 1
    while end > start and dump[end - 1] in _EDGES:
        end -= 1
    return start, end


def _marks(text: str, whens: list[When], offset: int) -> list[Span]:
    """The spans in the clause that say when, how long and how urgent."""
    spans = [(when.start - offset, when.end - offset) for when in whens]
    duration = find_duration(text)
    is_object = duration and text[duration.end : duration.end + 4] == " of "  # "20 minutes of stretching"
    if duration and not is_object and not any(start < duration.end and duration.start < end for start, end in spans):
        spans.append((duration.start, duration.end))
    _, urgency = find_priority(text)
    if urgency:
        spans.append(urgency)
    return spans


def _task(base: Finding, text: str, action: Action, whens: list[When]) -> Finding:
    """The task of a clause: only what stands at its beginning or in the action itself belongs to it."""
    offset = base.start
    near = [
        when
        for when in whens
        if when.start - offset >= action.start or when.end - offset <= _lead_end(text, whens, offset)
    ]
    marks = _marks(text, near, offset)
    at = skip_lead(text, [mark for mark in marks if mark[0] >= action.start], action.start)
    at = at if at < len(text) and not action.verb else action.start
    title = _title(text, action, at, marks)
    priority, _ = find_priority(text)
    duration = find_duration(text)
    quote_start = offset + (action.start if not action.verb else 0)
    return replace(
        base,
        kind="task",
        start=quote_start if title else base.start,
        title=title,
        when_words=joined_words(near),
        duration_words=duration.words if duration and not _inside(duration.start, near, offset) else "",
        priority=priority or "medium",
    )


def _inside(at: int, whens: list[When], offset: int) -> bool:
    return any(when.start <= at + offset < when.end for when in whens)


def _lead_end(text: str, whens: list[When], offset: int) -> int:
    """Where the lead of the clause ends: a date before that belongs to its action."""
    return skip_lead(text, [(when.start - offset, when.end - offset) for when in whens])


def _title(text: str, action: Action, at: int, marks: list[Span]) -> str:
    if action.verb:
        subject = text[action.start : action.start + len(action.subject)]
        lowered = (
            subject[:1].lower() + subject[1:] if subject.split(" ")[0].lower() in ("the", "my", "our") else subject
        )
        rest = [(start - action.rest, end - action.rest) for start, end in marks if start >= action.rest]
        reason = _REASON.search(text, action.rest)
        behind = text[action.rest : reason.start() if reason else len(text)]
        rest = [(start, min(end, len(behind))) for start, end in rest if start < len(behind)]
        tail = clean_title(" " + behind, [(start + 1, end + 1) for start, end in rest])
        tail = tail[:1].lower() + tail[1:] if tail else ""
        return clean_title(f"{action.verb} {lowered} {tail}", [])
    reason = _REASON.search(text, at + 8)
    text = text[: reason.start()] if reason else text
    inside = [(max(start, at) - at, min(end, len(text)) - at) for start, end in marks if end > at and start < len(text)]
    return clean_title(text[at:], inside)


def _hint(base: Finding, text: str, marks: list[Span], whens: list[When]) -> Finding | None:
    if not marks:
        return None
    left = text
    for start, end in sorted(marks, reverse=True):
        left = left[:start] + " " + left[end:]
    if any(word.lower().replace("’", "'") not in _CARRIER for word in _WORD.findall(left)):
        return None
    duration, (priority, _) = find_duration(text), find_priority(text)
    return replace(
        base,
        kind="hint",
        when_words=joined_words(whens),
        duration_words=duration.words if duration and not _inside(duration.start, whens, base.start) else "",
        priority=priority or "medium",
    )


def _statement(base: Finding, text: str, dump: str) -> Finding:
    """A note where the words report, decide, wonder or state something; else noise."""
    at = skip_lead(text, [])
    words = _WORD.findall(text[at:])
    content = [word for word in words if word.lower() not in STOPWORDS]
    is_question = dump[base.end : base.end + 1] == "?" and QUESTION.match(text, at) is not None
    if is_report_of_done(text):
        return replace(base, is_done=True)
    if len(words) < _MIN_NOTE_WORDS or not content or NEGATED.search(text):
        return base
    if is_question:
        return _note(base, text, at, "Open questions")
    if IDEA.search(text):
        return _note(base, text, at, "Ideas")
    if DECISION.search(text):
        return _note(base, text, at, "Decisions")
    if REPORT.search(text) or BLOCKED.search(text):
        return _note(base, text, at, "Notes")
    if FEELING.search(text):
        return base
    is_fact = FACT.search(text) is not None and (_HAS_SIGN.search(text) is not None or len(content) >= 3)
    return _note(base, text, at, "Notes") if is_fact else base


def _note(base: Finding, text: str, at: int, section: Section) -> Finding:
    """The title is the clause itself without lead-ins, so that nothing is added."""
    return replace(base, kind="note", start=base.start + at, title=clean_title(text[at:], []), section=section)


def repaired(before: Finding, task: Finding, dump: str) -> Finding | None:
    """ "The hose is leaking, fix that": one task about the hose; None where that is not what the two say."""
    order = _REPAIR.match(task.title)
    if not order or before.kind == "task" or before.sentence != task.sentence:
        return None
    text = dump[before.start : before.end]
    broken = _BROKEN_THING.match(text, skip_lead(text, []))
    if broken and order["verb"].lower() in REPAIRS:
        thing = broken["thing"]
        title = f"{order['verb']} {thing[:1].lower()}{thing[1:]}{task.title[order.end() :]}"
    else:
        title = f"{task.title}: {text}"
    return replace(task, start=before.start, title=clean_title(title, []))


def needs_its_sentence(finding: Finding) -> bool:
    """Does the title speak of "it" or "her", so that the sentence around it should be kept as details?"""
    return _PRONOUN_OBJECT.match(finding.title) is not None


def plain_item(finding: Finding, text: str, whens: list[When]) -> Finding:
    """A list item without a verb as a task, its words as they are."""
    inside = [when for when in whens if finding.start <= when.start and when.end <= finding.end]
    priority, _ = find_priority(text)
    duration = find_duration(text)
    title = clean_title(text, _marks(text, inside, finding.start)) or capital(text.strip(_EDGES))
    return replace(
        finding,
        kind="task",
        title=title,
        when_words=joined_words(inside),
        duration_words=duration.words if duration else "",
        priority=priority or "medium",
    )
