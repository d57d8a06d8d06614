"""Opens everything outside from the settings: the only place that chooses an adapter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import open_openai
from buildos_app.ports import OFFLINE, Ports
from buildos_app.settings import Settings


def engine_name(settings: Settings) -> str:
    """The model that reads and plans: its name, or "offline" when neither a key nor an address is set."""
    return settings.openai_model if _has_model(settings) else OFFLINE


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Ports]:
    """The ports of a process, open until the block ends."""
    if not _has_model(settings):
        yield Ports(llm=OfflineEngine())
        return
    async with open_openai(settings) as llm:
        yield Ports(llm=llm, offline=OfflineEngine())


def _has_model(settings: Settings) -> bool:
    return bool(settings.openai_api_key.get_secret_value() or settings.openai_base_url)
