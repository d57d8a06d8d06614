"""List items without a verb: what they are shows in the other items of their list."""

import re
from dataclasses import replace

from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.judging import plain_item
from buildos_app.integrations.offline.structure import Block
from buildos_app.integrations.offline.titles import clean_title
from buildos_app.integrations.offline.wording import FINITE, IDEA, NEGATED, NO_ACTION, REPORT
from buildos_app.phrases.dates import When

_LONGEST_ITEM_WORDS = 8
_LABELLED = re.compile(r"[^\s:][^:\n]{0,40}:\s")
_LETTER = re.compile(r"[^\W_]")


def settle_lists(
    findings: list[Finding], items: list[tuple[Block, int, int]], dump: str, whens: tuple[When, ...]
) -> list[Finding]:
    """Short items without a verb are tasks where at least half of their list is; else what they say is a note.

    `items` gives each block with the range of its findings.
    """
    settled = list(findings)
    for number in {block.list_number for block, _, _ in items if block.kind == "item"}:
        ranges = [(first, last) for block, first, last in items if block.kind == "item" and block.list_number == number]
        open_items = sum(any(not findings[at].is_done for at in range(*each)) for each in ranges)
        with_tasks = sum(any(findings[at].kind == "task" for at in range(*each)) for each in ranges)
        for first, last in ranges:
            if last - first == 1:
                settled[first] = _settled(settled[first], dump, whens, is_todo=2 * with_tasks >= open_items)
    return settled


def _settled(finding: Finding, dump: str, whens: tuple[When, ...], *, is_todo: bool) -> Finding:
    text = dump[finding.start : finding.end]
    if finding.is_done or finding.kind not in ("note", "noise") or not _LETTER.search(text):
        return finding
    if NEGATED.search(text) or NO_ACTION.search(text):
        return finding
    is_plain = len(text.split()) <= _LONGEST_ITEM_WORDS and not (
        FINITE.search(text) or REPORT.search(text) or IDEA.search(text) or _LABELLED.match(text)
    )
    if is_todo and is_plain and finding.section == "Notes":
        return plain_item(finding, text, list(whens))
    return replace(finding, kind="note", title=finding.title or clean_title(text, []))
