"""What a sandbox service was told to do next, and what it was asked so far."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_CALLS = 1000


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Status(_Turn):
    """Answer with an HTTP status and OpenAI's error body."""

    kind: Literal["status"] = "status"
    status: int = Field(ge=400, le=599)
    message: str = "The sandbox was told to fail."
    headers: dict[str, str] = Field(default_factory=dict)


class Text(_Turn):
    """Stream exactly this text, `piece` characters at a time; with `cut`, break the connection in its middle; with
    `at_limit`, say that the limit of tokens was reached."""

    kind: Literal["text"] = "text"
    text: str
    piece: int = Field(default=64, ge=1)
    cut: bool = False
    at_limit: bool = False


class Refusal(_Turn):
    """Answer with a refusal instead of content."""

    kind: Literal["refusal"] = "refusal"
    text: str = "I cannot help with that."


class Hold(_Turn):
    """Say nothing until `POST /control/openai/release`, then answer as usual; what a client gives up on is counted."""

    kind: Literal["hold"] = "hold"


class Unsupported(_Turn):
    """From now on, refuse these response formats with 400, as servers do that know less."""

    kind: Literal["unsupported"] = "unsupported"
    formats: list[Literal["json_schema", "json_object"]]


Turn = Annotated[Status | Text | Refusal | Hold | Unsupported, Field(discriminator="kind")]


@dataclass
class Script:
    """The turns to come, each used up by one request, and the calls that were made; `aborted` counts those cut off
    by the client."""

    turns: deque[Turn] = field(default_factory=deque)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))
    unsupported: set[str] = field(default_factory=set)
    aborted: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def next_turn(self) -> Turn | None:
        """The next turn, if any is left."""
        return self.turns.popleft() if self.turns else None

    def add(self, turns: list[Turn]) -> None:
        """Queue turns; what is no turn of its own takes effect at once."""
        for turn in turns:
            if isinstance(turn, Unsupported):
                self.unsupported = set(turn.formats)
            else:
                self.turns.append(turn)

    async def record(self, call: dict[str, Any]) -> None:
        """Remember a call, and wake who waits for it."""
        async with self.changed:
            self.calls.append(call)
            self.changed.notify_all()

    async def record_abort(self) -> None:
        """Count a client that went away, and wake who waits for it."""
        async with self.changed:
            self.aborted += 1
            self.changed.notify_all()

    async def wait_until(self, *, calls: int, aborted: int) -> None:
        """Return once at least so many calls came in, and so many were cut off."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.calls) >= calls and self.aborted >= aborted)
