"""Walk through a dump from top to bottom: which project is being talked about, and what each clause comes to."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from buildos_app.brain_dumps.prompts import KnownProject
from buildos_app.integrations.offline.clauses import COMMENT, Span, split_clauses
from buildos_app.integrations.offline.findings import Finding, Section
from buildos_app.integrations.offline.judging import judge, needs_its_sentence, plain_item, repaired
from buildos_app.integrations.offline.siblings import settle_lists
from buildos_app.integrations.offline.structure import LABEL_LEVEL, Block, blocks, sentences
from buildos_app.integrations.offline.titles import capital, clean_title
from buildos_app.integrations.offline.topics import Topic, announced_topic, heading_topic, named_project, project_in
from buildos_app.integrations.offline.wording import NO_ACTION
from buildos_app.phrases.dates import When

Mode = Literal["", "tasks", "done", "Notes", "Ideas", "Decisions", "Open questions"]

_MODE_WORDS: dict[Mode, str] = {
    "tasks": "to-?dos?|to do|tasks?|shopping|groceries|to buy|buy|errands?|next steps?|actions?|action items",
    "done": "done|finished|completed",
    "Ideas": "ideas?|someday|maybe",
    "Decisions": "decisions?|decided",
    "Open questions": "questions?",
    "Notes": "notes?|background|context|facts?|info|thoughts?|links?",
}
_MODES = {mode: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for mode, words in _MODE_WORDS.items()}
_SHOPPING = re.compile(
    r"(?P<label>(?:things to |stuff to |need to |to )?(?P<verb>buy|get|pick up)|shopping(?: list)?|groceries|"
    r"grocery list):\s{1,3}",
    re.IGNORECASE,
)
_COLON = re.compile(r"\s?:\s")
_ONLY_A_TIME = re.compile(r"(?:at |around |about )?\d[\d:.]{0,4}\s?(?:[ap]\.?m\.?)?", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:misc|miscellaneous|others?|random|general|etc|rest|everything else|unrelated)\b", re.IGNORECASE
)


@dataclass
class Walk:
    """One pass over a dump. `topic` is the project talked about, `mode` what the lines under a heading are."""

    dump: str
    projects: tuple[KnownProject, ...]
    selected: KnownProject | None
    whens: tuple[When, ...]
    topic: Topic | None = None
    topic_level: int = 0
    mode: Mode = ""
    heading_when: str = ""
    new_topics: list[Topic] = field(default_factory=list)

    def read(self) -> list[Finding]:
        """The findings of the whole dump, in its order."""
        findings: list[Finding] = []
        items: list[tuple[Block, int, int]] = []
        before: Block | None = None
        for block in blocks(self.dump):
            self._maybe_leave_list(before, block)
            if block.kind == "heading":
                self._heading(block)
            else:
                first = len(findings)
                findings += self._block(block)
                items.append((block, first, len(findings)))
            before = block
        return settle_lists(findings, items, self.dump, self.whens)

    def _maybe_leave_list(self, before: Block | None, block: Block) -> None:
        """Prose after an empty line no longer belongs to the list under "Garden:"."""
        if before and before.kind == "item" and block.kind == "prose" and block.after_gap:
            self.mode, self.heading_when = "", ""
            if self.topic_level == LABEL_LEVEL:
                self.topic, self.topic_level = None, 0

    def _heading(self, block: Block) -> None:
        whole = [when for when in self.whens if when.start <= block.start and when.end >= block.end]
        self.heading_when = whole[0].words if whole else ""
        self.mode = next((mode for mode, rule in _MODES.items() if rule.search(block.text)), "")
        if whole:
            return
        topic = self._known_or_new(heading_topic(block.text, block.start))
        is_section = bool(self.topic_level) and self.topic_level < block.level and bool(topic and not topic.is_known)
        if topic and not is_section:
            self.topic, self.topic_level = topic, block.level
        elif not topic and not self.mode and _OTHER.search(block.text):
            self.topic, self.topic_level = None, 0

    def _known_or_new(self, topic: Topic | None) -> Topic | None:
        """The known project that a topic means; a new one is remembered, and not allowed in a selected project."""
        if topic is None:
            return None
        known = named_project(topic.name, self.projects)
        if known:
            return Topic(known.name, topic.start, topic.end, is_known=True)
        if self.selected:
            return None
        same = next((each for each in self.new_topics if each.name.casefold() == topic.name.casefold()), None)
        if not same:
            self.new_topics.append(topic)
        return same or topic

    def _block(self, block: Block) -> list[Finding]:
        findings: list[Finding] = []
        soft: Topic | None = None
        for start, end in sentences(block.text, block.start):
            found, soft = self._sentence((start, end), block, soft)
            findings += found
        return _with_hints(findings)

    def _sentence(self, span: Span, block: Block, soft: Topic | None) -> tuple[list[Finding], Topic | None]:
        start, end = span
        start = self._announced(start, end, block)
        shopping = self._shopping(start, end, span)
        if shopping:
            return [self._placed(shopping, block, soft)], soft
        findings: list[Finding] = []
        label = self._label(span[0], end)
        for clause_start, clause_end in split_clauses(self.dump[start:end], self._times(start, end)):
            clause = (start + clause_start, start + clause_end)
            mention = self._mention(clause, block)
            soft = mention or soft
            finding = self._placed(judge(self.dump, clause, span, list(self.whens)), block, mention or soft)
            _add(findings, self._on_its_day(finding, label), self.dump)
        return findings, soft

    def _label(self, start: int, end: int) -> When | None:
        """The moment that a sentence is put under, as in "Tomorrow: gym, then a call at 11"."""
        first = next((when for when in self.whens if start <= when.start and when.end <= end), None)
        return first if first and _COLON.match(self.dump, first.end, end) and first.start - start < 4 else None

    def _on_its_day(self, finding: Finding, label: When | None) -> Finding:
        if finding.kind != "task" or label is None or label.words in finding.when_words:
            return finding
        if finding.when_words and not _ONLY_A_TIME.fullmatch(finding.when_words):
            return finding
        return replace(finding, when_words=f"{label.words}, {finding.when_words}".rstrip(", "))

    def _times(self, start: int, end: int) -> list[Span]:
        inside = (when for when in self.whens if start <= when.start and when.end <= end)
        return [(when.start - start, when.end - start) for when in inside]

    def _announced(self, start: int, end: int, block: Block) -> int:
        """Take up the topic that the sentence announces; where its own words go on."""
        found = announced_topic(self.dump[start:end], start, is_first=start == block.start)
        if not found:
            return start
        announced, rest = found
        if any(when.start <= rest and when.end >= end for when in self.whens):  # "tax return: 30 November"
            return start
        is_new_in_list = block.kind == "item" and not named_project(announced.name, self.projects)
        topic = None if is_new_in_list else self._known_or_new(announced)
        if topic:
            self.topic, self.topic_level = topic, self.topic_level if block.kind == "item" else 0
        return rest if topic else start

    def _mention(self, clause: Span, block: Block) -> Topic | None:
        """The project that the clause itself names, where no heading says otherwise."""
        text = self.dump[slice(*clause)]
        known = named_project(text, self.projects)
        if known and not (self.topic_level and self.topic):
            return Topic(known.name, *clause, is_known=True)
        return self._known_or_new(project_in(text, clause[0]))

    def _shopping(self, start: int, end: int, sentence: Span) -> Finding | None:
        found = _SHOPPING.match(self.dump, start, end)
        if not found:
            return None
        text = self.dump[start:end]
        title = f"{found['verb']} {self.dump[found.end() : end]}" if found["verb"] else text
        return Finding("task", start, start + len(text.rstrip(" .!")), sentence, title=clean_title(title, []))

    def _placed(self, finding: Finding, block: Block, mention: Topic | None) -> Finding:
        """The finding with its project, and with what its heading says about it."""
        topic = mention or self.topic
        name = topic.name if topic else self.selected.name if self.selected else ""
        finding = replace(finding, topic=name, is_item=block.kind == "item")
        if block.is_checked or self.mode == "done":
            return replace(finding, kind="noise", is_done=True)
        if finding.kind == "task" and self.heading_when and not finding.when_words:
            finding = replace(finding, when_words=self.heading_when)
        if self.mode not in ("", "tasks") and finding.kind in ("task", "note"):
            text = self.dump[finding.start : finding.end]
            return replace(finding, kind="note", title=clean_title(text, []), section=_section(self.mode))
        if self.mode == "tasks" and finding.is_item and finding.kind in ("note", "noise") and not finding.is_done:
            return plain_item(finding, self.dump[finding.start : finding.end], list(self.whens))
        return finding


def _section(mode: Mode) -> Section:
    return mode if mode in ("Ideas", "Decisions", "Open questions") else "Notes"


def _add(findings: list[Finding], finding: Finding, dump: str) -> None:
    """Append a finding of a sentence, which may change what the one before it means."""
    before = findings[-1] if findings else None
    if before and finding.kind == "task":
        joined = repaired(before, finding, dump)
        if joined:
            findings[-1:] = [joined]
            return
    if before and _is_remark(before, finding, dump):
        details = before.details or capital(" ".join(dump[finding.start : finding.end].split()))
        findings[-1] = replace(before, end=finding.end, details=details)
        return
    is_over = finding.kind == "noise" and NO_ACTION.search(dump[finding.start : finding.end])
    if before and before.kind == "note" and is_over:
        findings[-1] = replace(before, kind="noise")
    if finding.kind == "task" and needs_its_sentence(finding):
        finding = replace(finding, details=" ".join(dump[slice(*finding.sentence)].split()))
    findings.append(finding)


def _is_remark(task: Finding, finding: Finding, dump: str) -> bool:
    """Is this a remark about the task before it ("he said mornings are better"), which belongs into its details?"""
    is_about_it = task.kind == "task" and finding.kind in ("note", "noise") and finding.sentence == task.sentence
    return is_about_it and not finding.is_done and COMMENT.match(dump, finding.start) is not None


def _with_hints(findings: list[Finding]) -> list[Finding]:
    """Dates, durations and urgencies that stand alone go to the task before them, else to the one after."""
    kept = list(findings)
    for index, hint in enumerate(findings):
        if hint.kind != "hint":
            continue
        order = [*range(index - 1, -1, -1), *range(index + 1, len(kept))]
        target = next((at for at in order if kept[at].kind == "task"), None)
        if target is not None:
            kept[target] = _hinted(kept[target], hint)
        kept[index] = replace(hint, kind="noise")
    return kept


def _hinted(task: Finding, hint: Finding) -> Finding:
    return replace(
        task,
        when_words=task.when_words or hint.when_words,
        duration_words=task.duration_words or hint.duration_words,
        priority=hint.priority if task.priority == "medium" else task.priority,
    )
