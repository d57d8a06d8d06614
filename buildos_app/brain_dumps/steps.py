"""What is told while a dump is read, and how it ends."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from buildos_app.brain_dumps.operations import Proposal

Stage = Literal["analysis", "context", "tasks", "check"]
Status = Literal["pending", "running", "done", "skipped", "failed"]


@dataclass(frozen=True)
class Step:
    """Where a stage stands; `message` is written for the person, `seconds` counts from the start of the run.

    `items` are the names that have arrived so far, the latest ones; `attempt` counts from 1.
    """

    stage: Stage
    status: Status
    message: str
    seconds: float
    items: tuple[str, ...] = ()
    attempt: int = 1


@dataclass(frozen=True)
class Proposed:
    """The end: what was understood, and by whom."""

    proposal: Proposal
    engine: str


@dataclass(frozen=True)
class Failed:
    """The end: nothing could be read; the dump stays as it is. `is_down`: the model does not answer at all."""

    message: str
    is_down: bool = False


_NAME = re.compile(r'"(?:title|name)"\s*:\s*"((?:[^"\\]|\\.){1,3060})"')
_LONGEST_NAME = 3100
"""A title of 255 emoji, each written as twelve characters of JSON, and its field."""
_SHOWN_NAMES = 6


def _readable(name: str) -> str:
    """A string of JSON as text; one that was cut badly stays as it is."""
    try:
        return str(json.loads(f'"{name}"'))[:120].encode(errors="replace").decode()  # half of a pair cannot be sent
    except ValueError:
        return name[:120]


class ArrivingNames:
    """The titles and names in a reply of which only a part has arrived; text before the last one is forgotten."""

    def __init__(self) -> None:
        self.count = 0
        self.latest: tuple[str, ...] = ()
        self._text = ""

    def add(self, piece: str) -> bool:
        """Take another piece; was a name in it?"""
        self._text += piece
        found = list(_NAME.finditer(self._text))
        if not found:
            self._text = self._text[-_LONGEST_NAME:]
            return False
        self._text = self._text[found[-1].end() :]
        self.count += len(found)
        names = (_readable(match[1]) for match in found)
        self.latest = (*self.latest, *names)[-_SHOWN_NAMES:]
        return True
