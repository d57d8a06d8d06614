"""Which words of a dump led to something, and which sentences led to nothing. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

Span = tuple[int, int]

_SENTENCE = re.compile(r"[^.!?;。！？\n]*(?:[.!?;。！？](?!\s|$)[^.!?;。！？\n]*)*[.!?;。！？]*")
_SAYS_SOMETHING = re.compile(r"[^\s\d_.,;:!?…·•*#>=+|/\\()\[\]{}\"'“”‘’`~–—-]|\d")
_LEAST_WORDS = 2
_LEAD_IN = frozenset(
    """
    i we you he she it they i'm we're i've i'd i'll we'll it's that's there's me us him her them my our your the a an
    this that these those and or but so then also just really still maybe probably please ok okay oh um uh yeah well
    need needs have has had must should shall will would want wants like could can may might got gotta going supposed
    am is are was be been do does did don't to of for on in at by with about as not no remember remind forget
    make sure sometime finally actually definitely first next plus lastly before after until ideally latest due
    """.split()
)
"""What is left of a sentence that was used ("I really need to") is worth a mention only with two other words."""


class Segment(BaseModel):
    """A stretch of the dump: `operation` is the index of the operation that it led to, if any."""

    model_config = ConfigDict(frozen=True)

    text: str
    kind: Literal["used", "gap", "plain"]
    operation: int | None = None
    start: int = 0


def coverage(content: str, spans: Sequence[Span | None], names: Sequence[Span | None] = ()) -> list[Segment]:
    """The whole dump as stretches that led to an operation, sentences that led to nothing, and the rest between.

    `names` are words that count as used and are not marked, such as the name of a project in a heading.
    """
    used = list(_apart(spans))
    gaps = unused_spans(content, [*spans, *names])
    pieces = sorted(
        [(start, end, "used", index) for start, end, index in used] + [(start, end, "gap", None) for start, end in gaps]
    )
    segments: list[Segment] = []
    at = 0
    for start, end, kind, index in [*pieces, (len(content), len(content), "plain", None)]:
        if start > at:
            segments.append(Segment(text=content[at:start], kind="plain", start=at))
        if end > start:
            segments.append(
                Segment.model_validate({"text": content[start:end], "kind": kind, "operation": index, "start": start})
            )
        at = end
    return segments


def unused_spans(content: str, spans: Iterable[Span | None]) -> list[Span]:
    """Every sentence that no span touches, and what is left of the others where it is more than a lead-in."""
    used = [(start, end) for start, end, _ in _apart(spans)]
    return [span for sentence in _sentences(content) for span in _left_over(content, sentence, used)]


def _apart(spans: Iterable[Span | None]) -> Iterator[tuple[int, int, int]]:
    """The spans in order with their index, cut so that none overlaps the one before."""
    at = 0
    for begin, end, index in sorted((span[0], span[1], index) for index, span in enumerate(spans) if span):
        start = max(begin, at)
        if end > start:
            yield start, end, index
            at = end


def _sentences(content: str) -> Iterator[Span]:
    for found in _SENTENCE.finditer(content):
        if found.end() > found.start():
            yield found.span()


def _left_over(content: str, sentence: Span, used: list[Span]) -> Iterator[Span]:
    touching = [(start, end) for start, end in used if start < sentence[1] and end > sentence[0]]
    at = sentence[0]
    for start, end in [*touching, (sentence[1], sentence[1])]:
        span = _trimmed(content, at, max(at, start))
        if _SAYS_SOMETHING.search(content, *span) and (not touching or _is_more_than_a_lead_in(content[slice(*span)])):
            yield span
        at = max(at, end)


def _is_more_than_a_lead_in(text: str) -> bool:
    words = (word.strip(".,;:!?()\"'*_-–—").lower().replace("’", "'") for word in text.split())
    return sum(bool(word) and word not in _LEAD_IN for word in words) >= _LEAST_WORDS


def _trimmed(content: str, start: int, end: int) -> Span:
    text = content[start:end]
    return end - len(text.lstrip()), start + len(text.rstrip())
