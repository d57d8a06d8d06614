"""A name for a dump that names no project: a noun that its findings repeat, or what its first task is about."""

import re
from collections import Counter

from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.note_orders import is_for_a_note
from buildos_app.integrations.offline.titles import capital
from buildos_app.integrations.offline.topics import Topic
from buildos_app.integrations.offline.verbs import ING_TO_BASE, PAST_TO_BASE, VERBS_AND_MORE
from buildos_app.integrations.offline.wording import FINITE, STOPWORDS, SUBORDINATE
from buildos_app.phrases.notation import MONTHS, NUMBER_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME_WORDS = 3
_TAKES_OBJECT_APART = frozenset(
    """
    from to for with about by at in on into of and or before after by until
    """.split()
)


def fallback_topic(dump: str, findings: list[Finding]) -> Topic | None:
    """The project that an untitled dump starts; None where it holds neither task nor note."""
    useful = [finding for finding in findings if finding.kind in ("task", "note")]
    if not useful:
        return None
    useful = [finding for finding in useful if not is_for_a_note(dump[finding.start : finding.end])] or useful
    return _repeated(dump, useful) or _object_of(dump, useful[0]) or _first_words(dump, useful[0])


def is_noun_like(word: str) -> bool:
    """Can the word name something: neither verb, number, month nor one of the small words?"""
    low = word.lower()
    known = (STOPWORDS, VERBS_AND_MORE, PAST_TO_BASE, ING_TO_BASE, MONTHS, NUMBER_WORDS)
    return len(low) > 2 and not any(low in words for words in known) and not FINITE.fullmatch(low)


def repeated_noun(texts: list[str]) -> str:
    """The noun, in lower case, that stands in most of the texts and in two at least; the first of several, or ""."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word.lower(): 1 for word in _WORD.findall(text) if is_noun_like(word)})
    best, count = next(iter(counts.most_common(1)), ("", 0))
    return best if count > 1 else ""


def _repeated(dump: str, findings: list[Finding]) -> Topic | None:
    noun = repeated_noun([dump[finding.start : finding.end] for finding in findings])
    found = re.search(rf"\b{re.escape(noun)}\b", dump, re.IGNORECASE) if noun else None
    return Topic(capital(found[0]), *found.span()) if found else None


def _object_of(dump: str, finding: Finding) -> Topic | None:
    """ "call the tree surgeon about ..." is about the tree surgeon."""
    words = list(_WORD.finditer(dump, finding.start, finding.end))[1:]
    while words and words[0][0].lower() in STOPWORDS:
        words.pop(0)
    name: list[re.Match[str]] = []
    for found in words[:_NAME_WORDS]:
        low = found[0].lower()
        is_apart = name and dump[name[-1].end() : found.start()] not in (" ", "-")
        if low in _TAKES_OBJECT_APART or low in STOPWORDS or SUBORDINATE.fullmatch(low) or is_apart:
            break
        name.append(found)
    return _topic(dump, name[0].start(), name[-1].end()) if name else None


def _first_words(dump: str, finding: Finding) -> Topic | None:
    words = list(_WORD.finditer(dump, finding.start, finding.end))[:_NAME_WORDS]
    return _topic(dump, words[0].start(), words[-1].end()) if words else None


def _topic(dump: str, start: int, end: int) -> Topic:
    return Topic(capital(" ".join(dump[start:end].split())), start, end)
