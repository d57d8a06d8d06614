"""What the house needs from town: small protocols, one page. `integrations/` holds the people who fetch it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buildos_app.calendar_port import CalendarProvider, NoCalendarProvider
from buildos_app.errors import RequestRejected

Reply = TypeVar("Reply", bound=BaseModel)
OnText = Callable[[str], None]

OFFLINE = "offline"
"""The name of the engine that needs no model."""


@dataclass(frozen=True)
class Usage:
    """What one request to a model took, in tokens: as its server counted them, else estimated from the characters."""

    prompt_tokens: int
    completion_tokens: int


OnUsage = Callable[[Usage], None]


class Prompt(BaseModel, Generic[Reply]):
    """One question to a language model: the fields are its data, the class says what is wanted.

    Data is sent as JSON in a message of its own and never mixed into the instructions, so that a dump which
    says "ignore your instructions" stays a text about instructions.
    """

    model_config = ConfigDict(frozen=True)

    reply_type: ClassVar[type[BaseModel]]
    instructions: ClassVar[str]


class LanguageModel(Protocol):
    """A model that answers prompts with validated replies."""

    @property
    def name(self) -> str:
        """What people read: the model's name, or "offline"."""

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        """Answer `prompt`; `on_text` receives the raw reply piece by piece while it arrives, `on_usage` what each
        request to the model took, also one that failed.

        Cancelling the awaiting task stops the model's work. Raises ServiceUnavailable (worth another try) or
        RequestRejected (not).
        """


@dataclass(frozen=True)
class OutgoingMail:
    """One mail, ready to go. `message_id` stays the same however often it is tried, so that a repeat is no second mail.

    `unsubscribe_url` is where one POST ends mail of this kind (RFC 8058); empty for mail that was asked for.
    """

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    written_at: datetime
    unsubscribe_url: str = ""


class EmailSender(Protocol):
    """Hands mail to whoever delivers it."""

    async def send(self, mail: OutgoingMail) -> None:
        """Return once the mail was taken over.

        Raises ServiceUnavailable (worth another try, also when it is not known whether the mail was taken) or
        RequestRejected (not).
        """


class NoEmail:
    """Where nothing that sends mail is set up: it never pretends that a mail went out."""

    async def send(self, mail: OutgoingMail) -> None:
        """Always raises RequestRejected."""
        raise RequestRejected("E-mail is not set up here: EMAIL_HOST or EMAIL_WEBHOOK_URL is missing.")


BUSY_KNOWN = timedelta(days=60)
"""How far ahead it is known when people have no time: so far reaches the copy that calendar/window.py keeps."""


class Busy(NamedTuple):
    """A stretch of time that is taken; both moments are aware."""

    start: datetime
    end: datetime


class FreeBusy(Protocol):
    """Knows when people have no time. It is asked outside of any transaction."""

    async def is_connected(self, user_id: UUID) -> bool:
        """Is there a calendar of this person to look into?"""

    async def busy_times(self, user_id: UUID, start: datetime, end: datetime) -> list[Busy]:
        """What is taken between two moments, in their order; nothing is known of what is farther away than BUSY_KNOWN.

        Raises ServiceUnavailable (worth another try) or AccessRevoked (the person must connect again).
        """


class NoCalendar:
    """Where no calendar can be connected."""

    async def is_connected(self, user_id: UUID) -> bool:
        """Never."""
        return False

    async def busy_times(self, user_id: UUID, start: datetime, end: datetime) -> list[Busy]:
        """Nothing is known to be taken."""
        return []


@dataclass(frozen=True)
class OutgoingSms:
    """One text message, ready to go. Reports about it are sent to `status_url`, if there is one."""

    recipient: str
    text: str
    status_url: str = ""


@dataclass(frozen=True)
class SmsReceipt:
    """A message that the service has taken over: its id and status there, and why it failed if it has."""

    sid: str
    status: str
    error_code: int | None = None


class SmsSender(Protocol):
    """Sends text messages, and proves that a phone number is somebody's.

    Every method raises ServiceUnavailable (worth another try; `perhaps_done` when the answer was lost) or
    RequestRejected (not), both with the service's own `code`.
    """

    async def send(self, message: OutgoingSms) -> SmsReceipt:
        """Hand a message over. It may be sent twice when it is handed over twice: see `find`."""

    async def find(self, message: OutgoingSms, since: datetime) -> list[SmsReceipt]:
        """Every message with this recipient and text that was handed over since then, the newest first."""

    async def look_up(self, sid: str) -> SmsReceipt:
        """A message by its id there, as it is now. Raises RequestRejected for one that is not known there."""

    async def send_code(self, number: str) -> None:
        """Text a code to a number."""

    async def check_code(self, number: str, code: str) -> bool:
        """Is this the code that the number was sent? Raises RequestRejected when none is waiting for an answer."""


class NoSms:
    """Where nothing that sends text messages is set up: it never pretends that one went out."""

    async def send(self, message: OutgoingSms) -> SmsReceipt:
        """Always raises RequestRejected, as every method here does."""
        raise RequestRejected("Text messages are not set up here: TWILIO_ACCOUNT_SID is missing.")

    async def find(self, message: OutgoingSms, since: datetime) -> list[SmsReceipt]:
        """See send."""
        raise RequestRejected("Text messages are not set up here: TWILIO_ACCOUNT_SID is missing.")

    async def look_up(self, sid: str) -> SmsReceipt:
        """See send."""
        raise RequestRejected("Text messages are not set up here: TWILIO_ACCOUNT_SID is missing.")

    async def send_code(self, number: str) -> None:
        """See send."""
        raise RequestRejected("Text messages are not set up here: TWILIO_ACCOUNT_SID is missing.")

    async def check_code(self, number: str, code: str) -> bool:
        """See send."""
        raise RequestRejected("Text messages are not set up here: TWILIO_ACCOUNT_SID is missing.")


@dataclass(frozen=True)
class Ports:
    """Everything from outside that rooms and jobs may use."""

    llm: LanguageModel
    offline: LanguageModel | None = None
    """Takes over where `llm` does not answer; None where `llm` is the offline engine itself."""
    email: EmailSender = field(default_factory=NoEmail)
    sms: SmsSender = field(default_factory=NoSms)
    free_busy: FreeBusy = field(default_factory=NoCalendar)
    calendar: CalendarProvider = field(default_factory=NoCalendarProvider)
