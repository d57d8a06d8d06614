"""Opens everything outside from the settings: the only place that chooses an adapter."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

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
            yield Ports(llm=llm, offline=OfflineEngine(), email=email, sms=sms)
        else:
            yield Ports(llm=OfflineEngine(), email=email, sms=sms)


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
