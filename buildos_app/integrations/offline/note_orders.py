"""Clauses that order a change of a note: what they call it, and what goes into it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST_ORDER = 1000
_ADD = r"(?:add|append|attach|put|write|jot|note)(?:\sdown)?"
_THE_NOTE = (
    r"(?:the|my|our|that)\s(?:notes?\s(?:about|on|for|regarding|called|named|titled|with)\s(?:the\s|my\s|our\s)?"
    r"[\"“]?(?P<about>[^:;\"”\n]{2,80}?)[\"”]?|[\"“]?(?P<before>[^:;,\"”\n]{2,60}?)[\"”]?\snotes?\b)"
)
_SAYS = r"(?:\s?:\s|\s[–—-]{1,2}\s|,\s(?:that\s)?|\sthat\s)"
_MORE = rf"(?:,|\sand|\sthen)\s{_ADD}\s"
"""Where an order begins that is another one."""
_INTO = r"(?:to|in|into|under|on)"
_ORDERS = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        rf"{_ADD}\s(?:(?:this|that|it|the following)\s)?{_INTO}\s{_THE_NOTE}"
        rf"(?:{_SAYS}(?P<rest>\S)|[\s:.!–—-]*$)",
        rf"(?:update|extend|complete|amend)\s{_THE_NOTE}(?:{_SAYS}|\swith\s(?:this:\s|that\s)?)(?P<rest>\S)",
        rf"{_INTO}\s{_THE_NOTE},?\s{_ADD}(?:{_SAYS}|\s)(?P<rest>\S)",
        rf"(?:for|re|in|on)\s{_THE_NOTE}\s?:\s(?P<rest>\S)",
        rf"{_ADD}\s(?:that\s|this:\s)?(?P<words>\S(?:(?!{_MORE}).){{0,600}}?)\s{_INTO}\s{_THE_NOTE}[\s.!]*$",
    )
)
_RENAME = re.compile(
    rf"(?:rename|retitle)\s{_THE_NOTE}\s(?:to|into|as)\s[\"“]?(?P<new>[^\"”.;\n]{{2,120}})", re.IGNORECASE
)
_LEAD = re.compile(r"(?:(?:please|also|and|then|oh|ok|plus)[\s,]{1,3}){0,4}", re.IGNORECASE)


@dataclass(frozen=True)
class NoteOrder:
    """What a clause orders: `name` is what the note is called, `begin` where the order begins in the clause.

    The words to add stand in the clause at `words`; None where they follow the clause. A new title says that the note
    is renamed.
    """

    name: str
    begin: int
    words: tuple[int, int] | None = None
    new_title: str = ""


def is_for_a_note(text: str) -> bool:
    """Does a clause say that something goes into a note, known or not?"""
    return any(note_orders(text))


def note_orders(text: str) -> Iterator[NoteOrder]:
    """The ways to read a clause as an order about a note, the likeliest first."""
    lead = _LEAD.match(text)
    begin = lead.end() if lead else 0
    order = text[begin : begin + _LONGEST_ORDER]
    if renamed := _RENAME.match(order):
        yield NoteOrder(_name(renamed), begin, new_title=renamed["new"].strip())
    for rule in _ORDERS:
        if found := rule.match(order):
            yield NoteOrder(_name(found), begin, _words(found, begin, len(text)))


def _words(found: re.Match[str], begin: int, end: int) -> tuple[int, int] | None:
    groups = found.re.groupindex
    if "words" in groups:
        return begin + found.start("words"), begin + found.end("words")
    return (begin + found.start("rest"), end) if "rest" in groups and found["rest"] else None


def _name(found: re.Match[str]) -> str:
    return found["about"] or found["before"] or ""
