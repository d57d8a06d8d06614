"""Which clauses add words to a note that is there, or call it otherwise; only where they say so."""

from dataclasses import dataclass
from typing import Final

from buildos_app.brain_dumps.prompts import KnownNote
from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.note_orders import NoteOrder, note_orders
from buildos_app.integrations.offline.reading import Reading
from buildos_app.integrations.offline.titles import capital
from buildos_app.integrations.offline.topics import tokens
from buildos_app.integrations.offline.updates import share_said
from buildos_app.integrations.offline.verbs import base_form

SAME_NOTE: Final = 0.5
"""The share of a name's words that a note must hold: less than for tasks, since the order says that it is a note."""


@dataclass(frozen=True)
class NoteUpdate:
    """A known note, the words that are added to it and its new title; `last` is the index of the last finding that
    they go to, `quote` all words that say so. `called` is its title, or what the text calls it where that says more."""

    note: KnownNote
    called: str
    quote: str
    last: int
    addition: str = ""
    new_title: str = ""


def find_note_updates(reading: Reading, notes: list[KnownNote]) -> dict[int, NoteUpdate]:
    """Updates by the index of their first finding; never a guess where two notes fit alike."""
    found: dict[int, NoteUpdate] = {}
    last = -1
    for index in range(len(reading.findings) if notes else 0):
        update = _update(reading, index, notes) if index > last else None
        if update:
            found[index], last = update, update.last
    return found


def _update(reading: Reading, index: int, notes: list[KnownNote]) -> NoteUpdate | None:
    for order in note_orders(reading.text(reading.findings[index])):
        if note := same_note(order.name, notes):
            return _ordered(reading, index, order, note)
    return None


def _ordered(reading: Reading, index: int, order: NoteOrder, note: KnownNote) -> NoteUpdate | None:
    """What the order adds: the words in it, else those behind it, up to the next task of its sentence."""
    first = reading.findings[index]
    last = index
    is_whole = bool(order.new_title or (order.words and first.start + order.words[1] < first.end))
    while not is_whole and last + 1 < len(reading.findings) and _belongs(first, reading.findings[last + 1]):
        last += 1
    called = note.title if share_said(_words(note.title), _words(order.name)) == 1 else order.name
    quote = reading.dump[first.start + order.begin : reading.findings[last].end]
    if order.new_title:
        return NoteUpdate(note, called, quote, last, new_title=capital(order.new_title))
    if order.words:
        start, end = (first.start + at for at in order.words)
    elif last > index:
        start, end = reading.findings[index + 1].start, 0
    else:
        return None
    addition = reading.dump[start : end if is_whole else reading.findings[last].end]
    return NoteUpdate(note, called, quote, last, addition)


def _belongs(first: Finding, following: Finding) -> bool:
    return following.sentence == first.sentence and following.kind != "task"


def same_note(name: str, notes: list[KnownNote]) -> KnownNote | None:
    """The one note that holds most words of `name`; of several, the one whose title says the least else."""
    spoken = _words(name)
    fits = {
        note.id: (
            share_said(_words(f"{note.title} {note.content}"), spoken),
            share_said(spoken, _words(note.title)),
        )
        for note in notes
    }
    best = max(fits.values(), default=(0.0, 0.0))
    winners = [note for note in notes if fits[note.id] == best and best[0] >= SAME_NOTE]
    return winners[0] if len(winners) == 1 else None


def _words(text: str) -> set[str]:
    return {base_form(word) for word in tokens(text)}
