"""Opens everything outside from the settings: the only place that chooses an adapter."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from pydantic import SecretStr

from buildos_app.calendar.free_busy import CopiedFreeBusy
from buildos_app.calendar_port import CalendarProvider, NoCalendarProvider
from buildos_app.integrations.google.oauth import Google
from buildos_app.integrations.mail_webhook import open_webhook
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import open_openai
from buildos_app.integrations.smtp import SmtpSender
from buildos_app.integrations.twilio import account_of, open_twilio
from buildos_app.ports import OFFLINE, EmailSender, NoEmail, NoSms, Ports, SmsSender
from buildos_app.settings import Settings


def engine_name(settings: Settings) -> str:
    """The model that reads and plans: its name, or "offline" when neither a key nor an address is set."""
    return settings.openai_model if _has_model(settings) else OFFLINE


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Ports]:
    """The ports of a process, open until the block ends."""
    async with AsyncExitStack() as stack:
        email, sms = await _email(settings, stack), await _sms(settings, stack)
        if _has_model(settings):
            llm = await stack.enter_async_context(open_openai(settings))
            yield Ports(llm=llm, offline=OfflineEngine(), email=email, sms=sms, **_calendar(settings))
        else:
            yield Ports(llm=OfflineEngine(), email=email, sms=sms, **_calendar(settings))


def _calendar(settings: Settings) -> dict[str, Any]:
    return {"calendar": calendar_of(settings), "free_busy": CopiedFreeBusy()}


def calendar_of(settings: Settings) -> CalendarProvider:
    """Google where a client is set up, else in development the sandbox's Google."""
    if settings.google_client_id:
        return Google(settings)
    if settings.is_production:
        return NoCalendarProvider()
    return Google(sandbox_google(settings), name="Google (sandbox)")


def sandbox_google(settings: Settings) -> Settings:
    """The same settings, for the Google of the sandbox on this machine."""
    url = f"{settings.sandbox_url}/google"
    addresses = {"google_auth_uri": f"{url}/o/oauth2/v2/auth", "google_token_uri": f"{url}/token"}
    client = {"google_client_id": "sandbox-client", "google_client_secret": SecretStr("sandbox-secret")}
    return settings.model_copy(update={**addresses, **client, "google_api_base_url": url})


async def _email(settings: Settings, stack: AsyncExitStack) -> EmailSender:
    """A webhook, else an SMTP server, else in development the sandbox's mailbox."""
    if settings.email_webhook_url:
        return await stack.enter_async_context(open_webhook(settings))
    return SmtpSender(settings) if settings.email_host or not settings.is_production else NoEmail()


async def _sms(settings: Settings, stack: AsyncExitStack) -> SmsSender:
    """Twilio, in development without an account the sandbox's."""
    account = account_of(settings)
    return NoSms() if account is None else await stack.enter_async_context(open_twilio(account))


def _has_model(settings: Settings) -> bool:
    return bool(settings.openai_api_key.get_secret_value() or settings.openai_base_url)
