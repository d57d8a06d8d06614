"""The outside world of the web process, opened when it starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from buildos_app.integrations.connect import connect
from buildos_app.ports import Ports
from buildos_app.settings import get_settings

_ports: list[Ports] = []


@asynccontextmanager
async def open_ports() -> AsyncIterator[None]:
    """Lifespan task: connect while the process serves."""
    async with connect(get_settings()) as ports:
        _ports.append(ports)
        yield
        _ports.remove(ports)


def the_ports() -> Ports:
    """The ports of this process."""
    return _ports[-1]
