"""Clauses that tell what has been done."""

import re

from buildos_app.integrations.offline.clauses import skip_lead
from buildos_app.integrations.offline.verbs import PAST_TO_BASE, VERBS_AND_MORE
from buildos_app.integrations.offline.wording import DECISION, DONE, KEEP_IN_MIND, NEGATED, REPORT

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_IS_DONE = re.compile(
    r"\b(?:is|are|was|were|has been|have been|got)\s(?:now\s|already\s|finally\s|all\s)?(?P<verb>[a-z]+)"
    r"(?:,?\s(?:now|already|finally|too|at last|today|yesterday))?[\s.!]*$",
    re.IGNORECASE,
)
_DONE_VERB = re.compile(r"(?:i|we)\s(?:just\s|already\s|finally\s)?(?P<verb>[a-z]+)\b", re.IGNORECASE)


def starts_in_the_past(text: str, at: int) -> bool:
    """ "Called the plumber": what was done, without saying by whom."""
    first = _WORD.match(text, at)
    word = first[0].lower() if first else ""
    return word in PAST_TO_BASE and word not in VERBS_AND_MORE and len(text[at:].split()) > 1


def is_report_of_done(text: str) -> bool:
    """Does the clause say that something has been done?"""
    if KEEP_IN_MIND.search(text) or REPORT.search(text) or DECISION.search(text):
        return False
    if DONE.search(text):
        return True
    passive = _IS_DONE.search(text)
    if passive and passive["verb"].lower() in PAST_TO_BASE and not NEGATED.search(text):
        return True
    at = skip_lead(text, [])
    if starts_in_the_past(text, at):
        return True
    found = _DONE_VERB.match(text, at)
    return bool(found and found["verb"].lower() in PAST_TO_BASE)
