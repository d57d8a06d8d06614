"""What a mail is known by: its Message-ID, and the tokens in its links, which follow from our key."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from buildos_app.secrets import secret_keys
from buildos_app.settings import get_settings


def brief_message_id(user_id: UUID, brief_date: date, number: int) -> str:
    """The Message-ID of a mail about the brief of a day; always the same for the same person, day and number."""
    key = hashlib.sha256(f"{user_id} {brief_date} {number}".encode()).hexdigest()[:24]
    return f"<brief.{brief_date:%Y%m%d}.{number}.{key}@{_domain()}>"


def account_message_id(email_id: UUID) -> str:
    """The Message-ID of a mail about an account."""
    return f"<account.{email_id.hex}@{_domain()}>"


def account_token(email_id: UUID) -> str:
    """The secret in the link of an account mail: 256 bits that only who has our key can make.

    It follows from the mail, so that a mail which is tried again carries the same link, and no table or job holds it.
    """
    digest = _signature(secret_keys()[0], f"account-token {email_id}")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def unsubscribe_token(user_id: UUID) -> str:
    """What a link must carry to end a person's brief mail."""
    return f"{user_id.hex}.{_signature(secret_keys()[0], f'unsubscribe {user_id}').hex()}"


def unsubscriber(token: str) -> UUID | None:
    """The person of an unsubscribe token, or None. Asks no database, and takes the same time for any signature."""
    person, _, signature = token.partition(".")
    try:
        user_id = UUID(hex=person)
    except ValueError:
        return None
    wanted = (_signature(key, f"unsubscribe {user_id}").hex().encode() for key in secret_keys())
    return user_id if sum(hmac.compare_digest(each, signature.encode()) for each in wanted) else None


def _signature(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def _domain() -> str:
    settings = get_settings()
    domain = settings.email_sender.rpartition("@")[2] if settings.has_email else urlsplit(settings.base_url).hostname
    return domain or "localhost"
