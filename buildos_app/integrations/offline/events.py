"""Clauses without an order that are still something to do: appointments, deadlines, what somebody waits for."""

import re
from dataclasses import replace
from itertools import pairwise

from buildos_app.integrations.offline.clauses import Span, skip_lead
from buildos_app.integrations.offline.findings import Finding, joined_words
from buildos_app.integrations.offline.reports import starts_in_the_past
from buildos_app.integrations.offline.titles import clean_title
from buildos_app.integrations.offline.verbs import VERBS_AND_MORE
from buildos_app.integrations.offline.wording import (
    DECISION,
    DONE,
    FEELING,
    FINITE,
    IDEA,
    NEGATED,
    REPORT,
    STOPWORDS,
    SUBORDINATE,
)
from buildos_app.phrases.dates import When
from buildos_app.phrases.priorities import find_priority

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MOST_EVENT_WORDS = 6
_GOES_BY_ITSELF = frozenset(
    "begin start end come run visit leave open close arrive move stay return expire finish happen land last meet "
    "ship launch reopen resume fly travel live".split()
)
_IS_TOLD = re.compile(
    r"\b(?:yesterday|last (?:week|night|month|year)|slept|grew|rose|fell|kept|"
    r"(?:[a-z]+ed|off|out|away|free|still)(?=\s*(?:$|[,;.!?]|(?:to|in|on|at|from|until|for|by|between)\b)))",
    re.IGNORECASE,
)
"""What happened, or how things are: "the sprint ended on Friday", "Ben out Thursday"."""
_BEHIND_A_VERB = frozenset(". the a an my our his her their up out in on off over back down with".split())
_STATE = re.compile(r"(?:working|feeling|staying|being|having|living|closed|weather|budget)\b", re.IGNORECASE)
_THERE_IS = re.compile(
    r"(?:(?:then\s)?there(?:['’]s|\sis)|(?:i|we)(?:\shave|['’]ve\sgot|\sgot))\s(?:(?:a|an|the)\s)?", re.IGNORECASE
)
_NO_EVENT = re.compile(r"(?:i|we|you|he|she|they|it|this|that|someone|everyone|no|nothing|both|all)\b", re.IGNORECASE)
_WANTS = re.compile(
    r"(?P<rest>(?!I\b|we\b|you\b|it\b)(?:the\s|my\s|our\s|his\s|her\s)?[^\W\d_]+(?:\s[^\W\d_]+){0,2}?\s"
    r"(?:still\s|also\s|really\s)?(?:needs?|wants?|expects?|requires?|is waiting for|are waiting for|asked for)\s"
    r"(?!to\b)\S)",
    re.IGNORECASE,
)
_PROMISED = re.compile(
    r"(?:i|we)(?:\shave|['’]ve)?(?:\salso)?\s(?:promised\s(?P<rest>(?!to\b|that\b)\S)|(?P<owe>owe)\s\S)", re.IGNORECASE
)
_DEADLINE = re.compile(
    r"(?:the\s)?(?P<rest>(?:[^\W\d_]+\s){0,3}deadline\s(?:for|of)\s|deadline:?\s|(?:the\s|my\s|our\s)?(?:[^\W\d_]+\s){1,4}(?:is|are)\sdue\b)",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"(?P<thing>(?!it\b|that\b|this\b|there\b|what\b|i\b|he\b|she\b|they\b|we\b)[^,;:.!?]{2,50}?)"
    r"(?:(?P<be>(?:['’]s|\sis|\sare)(?:\snow)?(?=\s(?:on|at|this|next|every|each|the\s(?:first|second|third|last|\d)|tomorrow|today|tonight|in|mon|tues|wednes|thurs|fri|satur|"
    r"sun)))|\s(?:has|have|had)\s(?=(?:a|an|the|his|her|their)\s))",
    re.IGNORECASE,
)


def wanted(base: Finding, text: str, marks: list[Span], whens: list[When]) -> Finding | None:
    """What somebody wants by a date, or what the writer has promised: "Jess needs the stems by Wednesday"."""
    at = skip_lead(text, marks)
    dated = (_WANTS.match(text, at) or _DEADLINE.match(text, at)) if whens else None
    found = _PROMISED.match(text, at) or dated
    if not found or NEGATED.search(text, at):
        return None
    named = "owe" if found.groupdict().get("owe") else "rest"
    return _dated(base, text, found.start(named), marks, whens)


def planned(base: Finding, text: str, marks: list[Span], whens: list[When]) -> Finding | None:
    """ "The concert is on Thursday at six", "Emma has the dentist on Tuesday at 3:15": only with a time of day."""
    at = skip_lead(text, marks)
    found = _PLANNED.match(text, at) if any(when.has_time for when in whens) else None
    if not found:
        return None
    return _dated(base, text[: found.end("thing")] if found["be"] else text, at, marks, whens)


def _dated(base: Finding, text: str, at: int, marks: list[Span], whens: list[When]) -> Finding:
    priority, _ = find_priority(text)
    inside = [(max(start, at) - at, end - at) for start, end in marks if end > at and start < len(text)]
    return replace(
        base,
        kind="task",
        start=base.start + at,
        title=clean_title(text[at:], inside),
        when_words=joined_words(whens),
        priority=priority or "medium",
    )


def event(base: Finding, text: str, marks: list[Span], whens: list[When]) -> Finding | None:
    """A thing with a date and no verb, as in "dentist on Thursday at 14:00"."""
    at = skip_lead(text, marks)
    lead = _THERE_IS.match(text, at)
    at = lead.end() if lead else at
    rules = (FINITE, NEGATED, REPORT, DONE, FEELING, IDEA, DECISION, SUBORDINATE)
    bare = _blanked(text, marks)
    if not whens or starts_in_the_past(text, at) or _NO_EVENT.match(text, at):
        return None
    if any(rule.search(bare, at) for rule in rules) or _STATE.match(text, at):
        return None
    title = clean_title(text[at:], [(max(start, at) - at, end - at) for start, end in marks if end > at])
    content = [word for word in _WORD.findall(title) if word.lower() not in STOPWORDS]
    if not 1 <= len(content) <= _MOST_EVENT_WORDS or _is_statement(title, has_time=any(w.has_time for w in whens)):
        return None
    priority, _ = find_priority(text)
    return replace(
        base,
        kind="task",
        start=base.start + at,
        title=title,
        when_words=joined_words(whens),
        priority=priority or "medium",
    )


def _is_statement(title: str, *, has_time: bool) -> bool:
    """Does it tell what others do ("Lena picks up the kids"), or how things are? "Guests arrive at 2" is a date."""
    words = [word.lower() for word in _WORD.findall(title)]
    if _IS_TOLD.search(title, len(words[0])):
        return True
    if has_time:
        return False
    is_somebody = "’s " in title or "'s " in title
    ends = [*words[2:], "." if is_somebody else ""]
    return any(
        (behind.endswith("s") and _base(behind) in VERBS_AND_MORE and after_it in _BEHIND_A_VERB)
        or (word.endswith("s") and behind in _GOES_BY_ITSELF)
        for (word, behind), after_it in zip(pairwise(words), ends, strict=True)
    )


def _base(verb: str) -> str:
    return "go" if verb == "goes" else verb.removesuffix("s")


def _blanked(text: str, marks: list[Span]) -> str:
    for start, end in marks:
        text = text[:start] + " " * (min(end, len(text)) - max(start, 0)) + text[end:]
    return text
