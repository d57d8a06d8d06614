"""The sandbox's mailbox: what came by SMTP or by the webhook, and what the next deliveries shall meet."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_KEPT = 2000


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Answer(_Turn):
    """Answer with this code: at MAIL, RCPT or DATA by SMTP, as the status by the webhook."""

    kind: Literal["answer"] = "answer"
    code: int = Field(ge=400, le=599)
    at: Literal["mail", "rcpt", "data"] = "data"


class Silence(_Turn):
    """Take the mail's text and never say anything; the mail is kept if `kept`."""

    kind: Literal["silence"] = "silence"
    kept: bool = False


class Drop(_Turn):
    """Break the connection: before the mail is kept, between keeping it and the answer, or right after the answer."""

    kind: Literal["drop"] = "drop"
    when: Literal["before", "between", "after"] = "between"


MailTurn = Annotated[Answer | Silence | Drop, Field(discriminator="kind")]


@dataclass(frozen=True)
class KeptMail:
    """A mail that was delivered."""

    number: int
    via: str
    message_id: str
    recipient: str
    sender: str
    subject: str
    text: str
    html: str
    raw: str
    came_at: datetime


@dataclass
class Mailbox:
    """Mail, the newest last, and the turns to come, each used up by one delivery."""

    mails: deque[KeptMail] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    turns: deque[MailTurn] = field(default_factory=deque)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    taken: int = 0

    async def keep(self, *, via: str, **values: str) -> None:
        """Put a mail into the box and wake who waits for it."""
        async with self.changed:
            self.taken += 1
            self.mails.append(KeptMail(number=self.taken, via=via, came_at=datetime.now(UTC), **values))
            self.changed.notify_all()

    async def wait_for(self, number: int) -> None:
        """Return once there are so many mails."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.mails) >= number)

    def reset(self) -> None:
        """Empty the box and the script; whoever is kept waiting goes on."""
        self.released.set()
        self.released = asyncio.Event()
        self.mails.clear()
        self.turns.clear()
