"""The answer to ExtractContext: projects, and knowledge in the dump's own sentences."""

from collections import Counter
from typing import Final

from buildos_app.brain_dumps.prompts import ExtractContext, ExtractedContext, ProjectChange, ProposedProject
from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.naming import is_noun_like
from buildos_app.integrations.offline.note_orders import is_for_a_note
from buildos_app.integrations.offline.reading import Reading, read_dump
from buildos_app.integrations.offline.titles import TITLE_LENGTH, capital, shorten
from buildos_app.integrations.offline.topics import Topic, tokens
from buildos_app.phrases.text import counted

_SUMMARY_LENGTH: Final = 480
_TAGS: Final = 3
_SECTIONS: Final = ("Notes", "Decisions", "Ideas", "Open questions")


def extract_context(prompt: ExtractContext) -> ExtractedContext:
    """New projects, or what the dump adds to the selected one; title and summary are made of the dump's words."""
    reading = read_dump(prompt.dump, tuple(prompt.projects), prompt.project, prompt.now)
    projects = [_project(reading, topic) for topic in reading.new_projects]
    change = _change(reading, prompt.project.name) if prompt.project else None
    return ExtractedContext(title=_title(reading), summary=_summary(reading), projects=projects, change=change)


def _title(reading: Reading) -> str:
    names = list(dict.fromkeys(finding.topic for finding in [*reading.tasks, *reading.notes] if finding.topic))
    first = next((finding.title for finding in reading.findings if finding.title), "")
    return shorten(", ".join(names) or first, TITLE_LENGTH)


def _summary(reading: Reading) -> str:
    return summarise(reading.tasks, reading.notes)


def summarise(tasks: list[Finding], notes: list[Finding]) -> str:
    """Counts, then titles as far as they fit."""
    if not tasks and not notes:
        return ""
    counts = ", ".join(counted(len(found), word) for found, word in ((tasks, "task"), (notes, "note")) if found)
    titles = "; ".join(finding.title for finding in [*tasks, *notes])
    return shorten(f"{counts}: {titles}", _SUMMARY_LENGTH)


def _project(reading: Reading, topic: Topic) -> ProposedProject:
    tasks = [finding for finding in reading.tasks if finding.topic == topic.name]
    notes = [finding for finding in reading.notes if finding.topic == topic.name]
    first = [*notes, *tasks][0]
    return ProposedProject(
        name=topic.name,
        description=shorten(_sentence(reading, first), TITLE_LENGTH),
        executive_summary=summarise(tasks, notes),
        context=_markdown(reading, notes) or _said(reading, tasks),
        tags=_tags(reading, [*tasks, *notes], topic.name),
        quote=reading.dump[topic.start : topic.end],
    )


def _change(reading: Reading, name: str) -> ProjectChange | None:
    about = (finding for finding in reading.notes if finding.topic == name)
    notes = [finding for finding in about if not is_for_a_note(reading.text(finding))]
    if not notes:
        return None
    return ProjectChange(context_addition=_markdown(reading, notes), quote=reading.text(notes[0]))


def _markdown(reading: Reading, notes: list[Finding]) -> str:
    parts = []
    for section in _SECTIONS:
        lines = [f"- {_line(reading.text(note))}" for note in notes if note.section == section]
        if lines:
            parts.append("\n".join([f"## {section}", "", *lines]))
    return "\n\n".join(parts)


def _said(reading: Reading, tasks: list[Finding]) -> str:
    """Without any notes: the sentences in which the tasks were said."""
    sentences = dict.fromkeys(_sentence(reading, task) for task in tasks)
    return "\n".join(["## What was said", "", *(f"- {sentence}" for sentence in sentences)])


def _sentence(reading: Reading, finding: Finding) -> str:
    return _line(reading.dump[slice(*finding.sentence)])


def _line(text: str) -> str:
    return capital(" ".join(text.split()))


def _tags(reading: Reading, findings: list[Finding], name: str) -> list[str]:
    """The nouns that stand in most findings, in the order of the dump."""
    own = set(tokens(name))
    counts: Counter[str] = Counter()
    for finding in findings:
        counts.update({word: 1 for word in reading.text(finding).lower().split() if _is_tag(word, own)})
    return [word for word, _ in counts.most_common(_TAGS)]


def _is_tag(word: str, own: set[str]) -> bool:
    return word.isalpha() and is_noun_like(word) and not own.intersection(tokens(word))
