"""The outer shape of a dump: headings, list items and prose lines, sentences within them. All spans are characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Block:
    """One heading, one list item or one run of prose lines; `text` is `dump[start:end]`.

    `level` is 1 to 6 for Markdown headings, 7 for "Garden:". `is_checked` is a ticked box. `list_number` counts the
    lists of the dump; items of one list share it. `after_gap`: an empty line stands before.
    """

    kind: Literal["heading", "item", "prose"]
    text: str
    start: int
    end: int
    level: int = 0
    is_checked: bool = False
    list_number: int = 0
    after_gap: bool = False


LABEL_LEVEL = 7
_MARKDOWN = re.compile(r"[ \t]*(#{1,6})[ \t]+(?P<text>[^\n]*)")
_BOLD = re.compile(r"[ \t]*(?:\*\*|__)(?P<text>[^*_\n]{1,80}):?(?:\*\*|__):?[ \t]*")
_LABEL = re.compile(r"[ \t]*(?P<text>[^\s:.!?][^:.!?\n]{0,59}):[ \t]*")
_ITEM = re.compile(
    r"[ \t]*(?:[-*•–+·‣▪]|\(?\d{1,2}[.)]|[a-z]\))[ \t]+(?P<text>\S[^\n]*)|[ \t]*(?P<box>\[[ xX]?\][^\n]*)"
)
_BOX = re.compile(r"\[([ xX]?)\][ \t]*")
_SENTENCE_END = re.compile(r"(?P<mark>[.!?…]{1,6}['\")\]]{0,2})(?:\s{1,8}|$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:(?P<title>mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|(?-i:[A-Z]))|\d{1,2}\.\d{1,2}|approx|ca|etc|incl|tel|ave|inc|ltd|a\.m|p\.m)\.$",
    re.IGNORECASE,
)
_STREET = re.compile(r"\b(?:at|on|in|of|from|to|near|via|\d{1,5})\s[A-Z]\w{1,30}\sSt\.$")
_WRAPS_AT = 50
_CLOSED = re.compile(r"[.!?:;]['\")\]]?[ \t]*$")
_LABEL_WORDS = 6
_LEAST_BARE, _BARE_LENGTH = 3, 70
_BARE = re.compile(r"[^\s#>|`](?:[^.!?\n]|[.!?](?!\s[A-Z]))*")


def blocks(dump: str) -> list[Block]:
    """The blocks of a dump in order; soft-wrapped lines of prose and of list items are put back together."""
    found: list[Block] = []
    list_number, gap = 0, False
    bare = _bare_lists(dump)
    for start, end in _lines(dump):
        if not dump[start:end].strip():
            gap = True
            continue
        block = _block(dump, start, end)
        if start in bare:
            block = replace(block, kind="item", level=0)
        if block.kind == "item" and not (found and found[-1].kind == "item"):
            list_number += 1
        if not gap and found and _continues(found[-1], block):
            found[-1] = replace(found[-1], text=dump[found[-1].start : block.end], end=block.end)
        else:
            found.append(replace(block, list_number=list_number, after_gap=gap))
        gap = False
    return found


def sentences(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """The spans in the dump of the sentences of `text`, which begins at `offset`."""
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if not _is_abbreviated(text, found):
            yield offset + start, offset + found.end("mark")
            start = found.end()
    if text[start:].strip():
        yield offset + start, offset + len(text.rstrip())


def _is_abbreviated(text: str, found: re.Match[str]) -> bool:
    """Is the full stop that of "Dr." or "e.g.", and not the end of a sentence?"""
    short = _ABBREVIATION.search(text[max(0, found.start() - 8) : found.end("mark")])
    if short and short["title"] and short["title"].lower() == "st" and _STREET.search(text[: found.end("mark")]):
        return not text[found.end() : found.end() + 1].isupper()
    return bool(short and (short["title"] or not text[found.end() : found.end() + 1].isupper()))


def _bare_lists(dump: str) -> set[int]:
    """Where lines begin that are a list without bullets: three or more short ones in a row, each its own thought."""
    starts: set[int] = set()
    run: list[int] = []
    for start, end in [*_lines(dump), (len(dump), len(dump))]:
        line = dump[start:end].strip()
        if line and len(line) <= _BARE_LENGTH and _BARE.fullmatch(line) and _block(dump, start, end).kind == "prose":
            run.append(start)
            continue
        if len(run) >= _LEAST_BARE:
            starts.update(run)
        run = []
    return starts


def _lines(dump: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in dump.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n"))
        start += len(line)


def _block(dump: str, start: int, end: int) -> Block:
    line = dump[start:end].rstrip()
    for rule, kind in ((_MARKDOWN, "heading"), (_ITEM, "item"), (_BOLD, "heading"), (_LABEL, "heading")):
        found = rule.fullmatch(line)
        if found and (rule is not _LABEL or len(line.split()) <= _LABEL_WORDS):
            level = len(found[1]) if rule is _MARKDOWN else LABEL_LEVEL
            return _item(found, start) if kind == "item" else _heading(found, start, level)
    indent = len(line) - len(line.lstrip())
    return Block("prose", line.strip(), start + indent, start + len(line))


def _heading(found: re.Match[str], offset: int, level: int) -> Block:
    text = found["text"].strip().rstrip("#:").strip()
    start = offset + found.start("text") + (len(found["text"]) - len(found["text"].lstrip()))
    return Block("heading", text, start, start + len(text), level=level)


def _item(found: re.Match[str], offset: int) -> Block:
    name = "box" if found["box"] else "text"
    text, start = found[name], offset + found.start(name)
    box = _BOX.match(text)
    if box:
        text, start = text[box.end() :], start + box.end()
    return Block("item", text, start, start + len(text), is_checked=bool(box and box[1].strip()))


def _continues(before: Block, block: Block) -> bool:
    """Was the line broken only because it was full?"""
    if block.kind != "prose" or before.kind == "heading" or _CLOSED.search(before.text):
        return False
    last_line = before.text.rsplit("\n", 1)[-1]
    return len(last_line) >= _WRAPS_AT
