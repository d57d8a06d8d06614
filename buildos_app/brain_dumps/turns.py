"""Whose turn it is to be read in this process: three dumps of a person at once, five more wait (behaviour.md 2.13)."""

import asyncio
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from buildos_app.brain_dumps.limits import READ_AT_ONCE, WAITING


@dataclass
class _Line:
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READ_AT_ONCE))
    count: int = 0


_lines: dict[UUID, _Line] = {}


def is_full(user_id: UUID) -> bool:
    """Are as many read and waiting as may be?"""
    return user_id in _lines and _lines[user_id].count >= READ_AT_ONCE + WAITING


class Place:
    """A place in the line, taken when it is made, given back at the end of its block; `turn` is what it waits for."""

    def __init__(self, user_id: UUID) -> None:
        self._user_id = user_id
        self._line = _lines.setdefault(user_id, _Line())
        self._line.count += 1
        self.waits = self._line.count > READ_AT_ONCE
        self.turn = self._line.turns

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.count -= 1
        if not self._line.count:
            del _lines[self._user_id]
