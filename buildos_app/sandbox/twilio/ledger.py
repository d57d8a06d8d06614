"""What the sandbox's Twilio knows: messages, verifications, who said STOP, and what the next requests shall meet."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from buildos_app.errors import ConfigurationError
from buildos_app.integrations.twilio import TwilioAccount, account_of
from buildos_app.settings import get_settings

MOST_KEPT = 5000
CODE_LIVES = timedelta(minutes=10)
MOST_CHECKS = 5
MOST_CODES = 5
FINAL = ("delivered", "failed", "undelivered", "canceled")


class _Turn(BaseModel):
    """What one request meets. `on` is the request: making a message, listing or fetching them, a code, its check."""

    model_config = ConfigDict(extra="forbid")
    on: Literal["create", "list", "fetch", "code", "check"] = "create"


class Refusal(_Turn):
    """Answer with a status and Twilio's error body; nothing is kept."""

    kind: Literal["refusal"] = "refusal"
    status: int = Field(ge=400, le=599)
    code: int = 20500
    message: str = "The sandbox was told to refuse."
    headers: dict[str, str] = Field(default_factory=dict)


class Silence(_Turn):
    """Never answer; what was asked for is done if `kept`."""

    kind: Literal["silence"] = "silence"
    kept: bool = False


class Drop(_Turn):
    """Break the connection in the middle of the answer; what was asked for is done if `kept`."""

    kind: Literal["drop"] = "drop"
    kept: bool = True


class Outcome(_Turn):
    """Accept the message, with `prefix` before its text as trial accounts have one; then report these statuses, in this
    order, doubled ones doubled."""

    kind: Literal["outcome"] = "outcome"
    statuses: list[str]
    error_code: int | None = None
    prefix: str = ""


class Ended(_Turn):
    """Answer the check of a code with a verification that is over."""

    kind: Literal["ended"] = "ended"
    on: Literal["check"] = "check"
    status: Literal["canceled", "max_attempts_reached", "deleted", "failed", "expired"]


TwilioTurn = Annotated[Refusal | Silence | Drop | Outcome | Ended, Field(discriminator="kind")]


@dataclass
class Text:
    """A message of Twilio's API, outgoing or incoming."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str = "outbound-api"
    status: str = "queued"
    status_url: str = ""
    segments: int = 1
    error_code: int | None = None
    outcome: tuple[str, ...] = ("sent", "delivered")
    outcome_error: int | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None

    def take(self, status: str, error_code: int | None = None) -> None:
        """The status that Twilio's own row has: it never leaves a final one, whatever is reported."""
        if self.status in FINAL:
            return
        self.status = status
        self.error_code = error_code if status in ("failed", "undelivered") else None
        if self.sent_at is None and status not in ("accepted", "queued", "sending", "failed", "canceled"):
            self.sent_at = datetime.now(UTC)


@dataclass
class Verification:
    """A code that was sent to a number; sending again within its life sends the same code."""

    sid: str
    to: str
    code: str = field(default_factory=lambda: f"{secrets.randbelow(1_000_000):06d}")
    status: str = "pending"
    sends: int = 1
    checks: int = 0
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_live(self) -> bool:
        """Can it still be answered?"""
        return self.status == "pending" and datetime.now(UTC) - self.created_at < CODE_LIVES


@dataclass
class Ledger:
    """Everything, the newest last. `held` keeps callbacks back until the control API delivers them."""

    texts: deque[Text] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    verifications: dict[str, Verification] = field(default_factory=dict)
    stopped: set[tuple[str, str]] = field(default_factory=set)
    turns: deque[TwilioTurn] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    held: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, text: Text) -> None:
        """Write a message down and wake who waits for it."""
        async with self.changed:
            self.texts.append(text)
            self.changed.notify_all()

    async def wait_for(self, number: int) -> None:
        """Return once there are so many messages."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.texts) >= number)

    def next_turn(self, on: str) -> TwilioTurn | None:
        """The next turn for such a request, used up by it."""
        self.calls.append(on)
        turn = next((turn for turn in self.turns if turn.on == on), None)
        if turn is not None:
            self.turns.remove(turn)
        return turn

    def find(self, sid: str) -> Text | None:
        """The message with this SID."""
        return next((text for text in self.texts if text.sid == sid), None)

    def reset(self) -> None:
        """Forget everything; whoever is kept waiting goes on."""
        self.released.set()
        for values in (self.texts, self.verifications, self.stopped, self.turns, self.calls):
            values.clear()
        self.released, self.held = asyncio.Event(), False


def new_sid(prefix: str) -> str:
    """An id as Twilio makes them: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def the_account() -> TwilioAccount:
    """The account that the sandbox plays: the same that BuildOS uses."""
    account = account_of(get_settings())
    if account is None:
        raise ConfigurationError("The sandbox is for development.")
    return account
