"""The sandbox's Twilio calls back: signed reports about messages, and texts that come in."""

import asyncio
import logging
import xml.etree.ElementTree as ET

import httpx2
from twilio.request_validator import RequestValidator

from buildos_app.sandbox.twilio.ledger import Ledger, Text, new_sid, the_account
from buildos_app.settings import get_settings

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.4
TRIES = 3
STOP = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")
START = ("START", "YES", "UNSTOP")


class Callbacks:
    """Sends what Twilio would send. Each report is tried again when nobody answers, as Twilio does."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, text: Text) -> None:
        """Report what becomes of a message, piece by piece, in the background."""
        if not self._ledger.held:
            task = asyncio.create_task(self._live(text))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _live(self, text: Text) -> None:
        for status in text.outcome:
            await asyncio.sleep(PAUSE_SECONDS)
            await self.report(text, status, text.outcome_error)

    async def report(self, text: Text, status: str, error_code: int | None = None) -> int | None:
        """Report one status; what our own app answered, None where nobody did."""
        text.take(status, error_code)
        if not text.status_url:
            return None
        fields = {
            "SmsSid": text.sid,
            "SmsStatus": status,
            "MessageSid": text.sid,
            "MessageStatus": status,
            "To": text.to,
            "From": text.sender,
            "AccountSid": the_account().account_sid,
            "ApiVersion": "2010-04-01",
        }
        if error_code is not None and status in ("failed", "undelivered"):
            fields |= {"ErrorCode": str(error_code)}
        answer = await self._post(text.status_url, fields)
        return answer.status_code if answer is not None else None

    async def receive(self, sender: str, body: str) -> str:
        """A text from a phone to our number: Twilio's own list of who said STOP, then our webhook, whose TwiML is sent.

        The answer's text, empty for none.
        """
        settings = get_settings()
        text = Text(new_sid("SM"), the_account().from_number, sender, body, "inbound", "received")
        await self._ledger.keep(text)
        word = "".join(body.split()[:1]).strip(".,!").upper()
        if word in STOP:
            self._ledger.stopped.add((sender, text.to))
        elif word in START:
            self._ledger.stopped.discard((sender, text.to))
        fields = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsMessageSid": text.sid,
            "AccountSid": the_account().account_sid,
            "From": sender,
            "To": text.to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        answer = await self._post(f"{settings.base_url}/api/webhooks/twilio/inbound", fields, tries=1)
        reply = _reply(answer.text) if answer is not None and answer.is_success else ""
        if reply:
            await self._ledger.keep(Text(new_sid("SM"), sender, text.to, reply, "outbound-reply", "delivered"))
        return reply

    async def _post(self, url: str, fields: dict[str, str], *, tries: int = TRIES) -> httpx2.Response | None:
        """POST a signed form, as often as it takes to get an answer."""
        token = the_account().auth_token
        headers = {"x-twilio-signature": RequestValidator(token).compute_signature(url, fields)}
        for attempt in range(tries):
            try:
                async with httpx2.AsyncClient(timeout=15) as client:
                    return await client.post(url, data=fields, headers=headers)
            except httpx2.HTTPError as error:
                logger.warning("nobody answers at the callback's address: %s", type(error).__name__)
                await asyncio.sleep(attempt)
        return None


def _reply(twiml: str) -> str:
    try:
        root = ET.fromstring(twiml)  # noqa: S314 - it comes from our own app
    except ET.ParseError:
        return ""
    return "\n".join(message.text or "" for message in root.iter("Message"))
