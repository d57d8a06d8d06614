"""The mail port by a webhook: the mail as signed JSON, for who delivers it in another way (behaviour.md 3.8)."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from buildos_app.clock import now
from buildos_app.errors import ConfigurationError, RequestRejected, ServiceUnavailable
from buildos_app.ports import OutgoingMail
from buildos_app.settings import Settings

TIMEOUT_SECONDS = 30.0
SOURCE = "buildos"
_LATER = (408, 425, 429)


@asynccontextmanager
async def open_webhook(settings: Settings, *, seconds: float = TIMEOUT_SECONDS) -> AsyncIterator["WebhookSender"]:
    """The sender for the address of the settings, closed at the end of the block.

    Raises ConfigurationError without a secret: a mail that is not signed could be anybody's.
    """
    if not settings.email_webhook_secret.get_secret_value():
        raise ConfigurationError("EMAIL_WEBHOOK_SECRET is not set: EMAIL_WEBHOOK_URL needs it to sign each mail.")
    async with httpx2.AsyncClient(timeout=seconds, follow_redirects=False) as client:
        yield WebhookSender(client, settings)


class WebhookSender:
    """An EmailSender over HTTP. The receiver tells repeats by `message_id`, and refuses what is 5 minutes old."""

    def __init__(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._url = settings.email_webhook_url
        self._secret = settings.email_webhook_secret.get_secret_value().encode()
        self._sender = settings.email_sender

    async def send(self, mail: OutgoingMail) -> None:
        """See EmailSender."""
        timestamp = str(int(now().timestamp()))
        body = json.dumps(self._body(mail, timestamp), ensure_ascii=False).encode()
        headers = {
            "content-type": "application/json",
            "x-webhook-signature": sign(body, self._secret),
            "x-webhook-timestamp": timestamp,
            "x-webhook-source": SOURCE,
            "idempotency-key": mail.message_id,
        }
        try:
            response = await self._client.post(self._url, content=body, headers=headers)
        except httpx2.TimeoutException as error:
            raise ServiceUnavailable("The mail webhook took too long to answer.") from error
        except httpx2.HTTPError as error:
            raise ServiceUnavailable("The mail webhook cannot be reached.") from error
        if response.is_success:
            return
        if response.status_code >= 500 or response.status_code in _LATER:
            raise ServiceUnavailable(f"The mail webhook is not ready ({response.status_code}).")
        raise RequestRejected(f"The mail webhook refused the mail ({response.status_code}).")

    def _body(self, mail: OutgoingMail, timestamp: str) -> dict[str, str]:
        return {
            "message_id": mail.message_id,
            "from": self._sender,
            "to": mail.recipient,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "list_unsubscribe": mail.unsubscribe_url,
            "timestamp": timestamp,
        }


def sign(body: bytes, secret: bytes) -> str:
    """HMAC-SHA256 over the whole body, which contains the time, in hexadecimal."""
    return hmac.new(secret, body, hashlib.sha256).hexdigest()
