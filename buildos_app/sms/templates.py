"""The texts: each knows which facts it needs, and never goes out with one missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from buildos_app.errors import InvalidInput
from buildos_app.sms.kinds import Kind
from buildos_app.sms.segments import fit, tidy

_SLOT = re.compile(r"\{(\w+)\}")
LONGEST_FACT = 120


@dataclass(frozen=True)
class Template:
    """Words with slots. `optional` facts may be missing: the sentence around an empty one is dropped with it."""

    sentences: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    @cached_property
    def slots(self) -> frozenset[str]:
        """Every fact that it knows."""
        return frozenset(name for sentence in self.sentences for name in _SLOT.findall(sentence))

    def render(self, facts: Mapping[str, object]) -> str:
        """The text, cut to what two segments hold. Raises InvalidInput when a fact that it needs is missing."""
        words = {name: _shorten(tidy(str(facts[name]))) for name in self.slots if facts.get(name) is not None}
        missing = sorted(name for name in self.slots - self.optional if not words.get(name))
        if missing:
            raise InvalidInput(f"The text message has no {', '.join(missing)}.")
        kept = [
            _SLOT.sub(lambda slot: words[slot[1]], sentence)
            for sentence in self.sentences
            if all(words.get(name) for name in _SLOT.findall(sentence))
        ]
        return fit(" ".join(kept))


TEMPLATES: dict[Kind, Template] = {
    Kind.TASK_REMINDER: Template(("{title}: due {relative} ({when}).", "{link}"), frozenset({"link"})),
    Kind.URGENT: Template(("Urgent: {title} is due {relative} ({when}).", "{link}"), frozenset({"link"})),
    Kind.EVENT_REMINDER: Template(
        ("{title}: {begins} {relative} ({when}).", "Takes {length}.", "At {place}.", "{link}"),
        frozenset({"length", "place", "link"}),
    ),
    Kind.BRIEF_READY: Template(("Your brief is ready: {counts}.", "{link}"), frozenset({"link"})),
    Kind.MORNING_KICKOFF: Template(
        ("Good morning. Today: {counts}.", "First: {first}.", "{link}"), frozenset({"first", "link"})
    ),
    Kind.EVENING_RECAP: Template(
        ("Today: {counts}.", "Still open: {open}.", "Tomorrow: {tomorrow}."), frozenset({"open", "tomorrow"})
    ),
    Kind.WELCOME: Template(("BuildOS texts this number from now on. Reply HELP for help, STOP to end it.",)),
}
HELP = "BuildOS sends you reminders that you chose in its settings. Reply STOP to end them, START to begin again."


def render(kind: Kind, facts: Mapping[str, object]) -> str:
    """The text of a message of this kind."""
    return TEMPLATES[kind].render(facts)


def _shorten(fact: str) -> str:
    """A long fact, cut at a word, so that it leaves room for the others. Addresses stay whole or go."""
    if len(fact) <= LONGEST_FACT:
        return fact
    if fact.startswith(("https://", "http://")):
        return ""
    return fact[: LONGEST_FACT - 3].rsplit(" ", 1)[0] + "..."
