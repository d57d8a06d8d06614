"""What Twilio's error codes mean: for the person, and for whether it is worth another try (behaviour.md 5.8)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MOST_ATTEMPTS = 3


class Failure(StrEnum):
    """The classes of failures."""

    NUMBER = "number"
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    FILTERED = "filtered"
    TEXT = "text"
    ACCOUNT = "account"
    CARRIER = "carrier"
    RATE = "rate"
    NETWORK = "network"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Meaning:
    """`base` is the wait before the next try; None where another try is of no use."""

    words: str
    base: timedelta | None = None


MEANINGS = {
    Failure.NUMBER: Meaning("This number cannot be reached by text message. Check it, or use another one."),
    Failure.OPTED_OUT: Meaning("You replied STOP. Text START to our number, then turn messages on here again."),
    Failure.BLOCKED: Meaning("The message was blocked on its way to your phone."),
    Failure.FILTERED: Meaning("Your carrier filtered the message as spam."),
    Failure.TEXT: Meaning("Twilio did not take the text of this message."),
    Failure.ACCOUNT: Meaning("Text messages are not set up well here. Tell your administrator."),
    Failure.CARRIER: Meaning("Your phone could not be reached.", timedelta(minutes=3)),
    Failure.RATE: Meaning("Too many messages went out at once.", timedelta(minutes=5)),
    Failure.NETWORK: Meaning("Twilio could not be reached.", timedelta(minutes=1)),
    Failure.UNKNOWN: Meaning("The message could not be delivered.", timedelta(minutes=1)),
}
_OTHERS = range(30020, 30030)
_CODES = {
    Failure.NUMBER: (21211, 21214, 21217, 21265, 21408, 21604, 21612, 21614, 21635, 30005, 30006),
    Failure.OPTED_OUT: (21610,),
    Failure.BLOCKED: (30004,),
    Failure.FILTERED: (30007,),
    Failure.TEXT: (21602, 21617, 21619),
    Failure.ACCOUNT: (20003, 20005, 21212, 21603, 21606, 21609, 21659, 21660, 21703, 30002, 30032, 30034, *_OTHERS),
    Failure.CARRIER: (30001, 30003, 30008),
    Failure.RATE: (20429, 14107, 21611),
}
_BY_CODE = {code: failure for failure, codes in _CODES.items() for code in codes}


def classify(code: int | None) -> Failure:
    """The class of an error code."""
    return _BY_CODE.get(code or 0, Failure.UNKNOWN)


def wait_before(failure: Failure, attempt: int) -> timedelta | None:
    """How long to wait after the attempt with this number (from 1) failed; None when it was the last."""
    base = MEANINGS[failure].base
    return None if base is None or attempt >= MOST_ATTEMPTS else base * 2 ** (attempt - 1)
