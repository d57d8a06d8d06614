"""The SMS port by Twilio's SDK: messages, Verify, and whether a request really comes from Twilio."""

import hashlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from buildos_app.errors import RequestRejected, ServiceUnavailable
from buildos_app.integrations.twilio_http import TwilioHttp
from buildos_app.ports import OutgoingSms, SmsReceipt
from buildos_app.secrets import secret_keys
from buildos_app.settings import Settings

logger = logging.getLogger(__name__)

MOST_FOUND = 1000
"""One page. More texts to one number since an attempt are not looked at; a person gets at most 100 a day."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far Twilio's clock may be from ours; a text is never the same twice within it but by a repeat."""
TRIAL = "Sent from your Twilio trial account - "
"""What Twilio puts before the texts of an account that pays nothing yet."""
ENDED = frozenset({"canceled", "max_attempts_reached", "deleted", "failed", "expired"})
"""States of a verification that no code approves any more; usually Twilio says 404 instead."""
NOT_FOUND = 20404
SANDBOX_SID = "5a" * 16


@dataclass(frozen=True)
class TwilioAccount:
    """What it takes to send text messages. Without `base_url` it is Twilio itself."""

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    verify_service_sid: str
    base_url: str


def account_of(settings: Settings) -> TwilioAccount | None:
    """The account of the settings; in development without one, the sandbox's; in production without one, None."""
    if settings.twilio_account_sid:
        return TwilioAccount(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            from_number=settings.twilio_from_number,
            verify_service_sid=settings.twilio_verify_service_sid,
            base_url=settings.twilio_base_url.rstrip("/"),
        )
    if settings.is_production:
        return None
    return TwilioAccount(
        account_sid=f"AC{SANDBOX_SID}",
        auth_token=hashlib.sha256(b"the sandbox's twilio " + secret_keys()[0]).hexdigest()[:32],
        from_number="+15005550006",
        verify_service_sid=f"VA{SANDBOX_SID}",
        base_url=settings.twilio_base_url.rstrip("/") or settings.sandbox_url,
    )


def is_from_twilio(
    settings: Settings, url: str, fields: Mapping[str, Any], signature: str, algorithm: str | None = None
) -> bool:
    """Was a request to `url` with these form fields signed with our token? Without a token nothing is."""
    account = account_of(settings)
    if account is None or not account.auth_token or not signature:
        return False
    return bool(RequestValidator(account.auth_token).validate(url, fields, signature, algorithm))


@asynccontextmanager
async def open_twilio(account: TwilioAccount, *, seconds: float = 15.0) -> AsyncIterator["TwilioSender"]:
    """The sender of an account, closed at the end of the block; `seconds` is how long a request may take in all."""
    async with httpx2.AsyncClient(timeout=seconds, follow_redirects=False) as client:
        yield TwilioSender(account, TwilioHttp(client, account.base_url, seconds))


class TwilioSender:
    """An SmsSender. What Twilio says is put into our words, without numbers and texts."""

    def __init__(self, account: TwilioAccount, http: TwilioHttp) -> None:
        self._account = account
        self._client = Client(
            account.account_sid or "missing",
            account.auth_token or "missing",
            http_client=http,
            environment={"TWILIO_REGION": "", "TWILIO_EDGE": ""},
        )

    async def send(self, message: OutgoingSms) -> SmsReceipt:
        """See SmsSender."""
        self._require("auth_token", "from_number")
        more = {"status_callback": message.status_url} if message.status_url else {}
        with _in_our_words():
            made = await self._client.messages.create_async(
                to=message.recipient, from_=self._account.from_number, body=message.text, **more
            )
        return SmsReceipt(made.sid, made.status, made.error_code)

    async def find(self, message: OutgoingSms, since: datetime) -> list[SmsReceipt]:
        """See SmsSender. A message has no date of sending while it waits at Twilio, so those are asked for besides."""
        self._require("auth_token", "from_number")
        since = (since - CLOCKS_DIFFER).astimezone(UTC)
        day = since.date().isoformat()
        between = {"to": message.recipient, "from_": self._account.from_number}
        with _in_our_words():
            found = await self._client.messages.list_async(**between, date_sent_after=day, limit=MOST_FOUND)
            found += await self._client.messages.list_async(**between, limit=MOST_FOUND)
        ours = {
            each.sid: SmsReceipt(each.sid, each.status, each.error_code)
            for each in found
            if _is_ours(each, message.text) and not _is_before(each, since)
        }
        return list(ours.values())

    async def look_up(self, sid: str) -> SmsReceipt:
        """See SmsSender."""
        self._require("auth_token")
        with _in_our_words():
            found = await self._client.messages(sid).fetch_async()
        return SmsReceipt(found.sid, found.status, found.error_code)

    async def send_code(self, number: str) -> None:
        """See SmsSender."""
        with _in_our_words():
            await self._service().verifications.create_async(to=number, channel="sms")

    async def check_code(self, number: str, code: str) -> bool:
        """See SmsSender."""
        with _in_our_words():
            checked = await self._service().verification_checks.create_async(to=number, code=code)
        if checked.status in ENDED:
            raise RequestRejected(f"The code has ended ({checked.status}).", code=NOT_FOUND)
        return bool(checked.status == "approved")

    def _service(self) -> Any:
        self._require("auth_token", "verify_service_sid")
        return self._client.verify.v2.services(self._account.verify_service_sid)

    def _require(self, *names: str) -> None:
        for name in names:
            if not getattr(self._account, name):
                raise RequestRejected(f"Text messages are not set up here: TWILIO_{name.upper()} is missing.")


class _in_our_words:
    """Turns what the SDK raises into our errors. Twilio's own words may hold a number, so that they stay out."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TwilioRestException | TwilioServiceException):
            code = int(error.code) if error.code else None
            raise RequestRejected(f"Twilio refused it (code {code}).", code=code) from None
        if isinstance(error, (ValueError, KeyError, TypeError)):  # not what Twilio's API says
            raise ServiceUnavailable(
                "Twilio's answer could not be read.", kind="invalid_response", perhaps_done=True
            ) from error


def _is_ours(message: Any, text: str) -> bool:
    return message.direction != "inbound" and str(message.body or "").removeprefix(TRIAL) == text


def _is_before(message: Any, since: datetime) -> bool:
    moment = message.date_created or message.date_sent
    return isinstance(moment, datetime) and moment.astimezone(UTC) < since
