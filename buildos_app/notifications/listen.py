"""One LISTEN connection per process: what the database announces becomes a call, and a lost connection comes back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from buildos_app.db.engine import database_url
from buildos_app.db.session import public_session

logger = logging.getLogger(__name__)

USER_EVENTS = "user_events"
PROBE = "buildos_probe"
PROBE_SECONDS = 8.0
"""How often we announce something to ourselves: a connection whose other end is gone says nothing by itself, and is
noticed when two such periods were silent."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0

Receive = Callable[[str], Awaitable[None]]


async def listen(
    channels: Mapping[str, Receive], on_connect: Callable[[], Awaitable[None]], *, probe_seconds: float = PROBE_SECONDS
) -> None:
    """Call `channels[name](payload)` for each announcement, for ever.

    `on_connect` runs after every (re)connection: what was announced in between is lost and must be read from the
    tables.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                database_url(), autocommit=True, application_name="buildos-listen", connect_timeout=5
            ) as connection:
                for name in (PROBE, *channels):
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))
                pause = _FIRST_PAUSE
                await on_connect()
                await _receive(connection, channels, probe_seconds)
        except (psycopg.OperationalError, DBAPIError, OSError, TimeoutError) as error:
            reason = str(error) or "it is silent"
            logger.warning("listen connection lost, next try in %.1f s: %s", pause, reason)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def _receive(
    connection: psycopg.AsyncConnection[tuple[object, ...]], channels: Mapping[str, Receive], probe_seconds: float
) -> None:
    """Deliver what comes; raises TimeoutError when not even our own probe is heard."""
    probed = heard = False
    while heard or not probed:
        async with asyncio.timeout(probe_seconds), public_session() as session:
            await session.execute(sa.select(sa.func.pg_notify(PROBE, "")))
        probed, heard = True, False
        async for notice in connection.notifies(timeout=probe_seconds):
            heard = True
            if notice.channel != PROBE:
                await _deliver(channels[notice.channel], notice.payload)
    raise TimeoutError


async def _deliver(receive: Receive, payload: str) -> None:
    try:
        await receive(payload)
    except Exception:
        logger.exception("an announcement could not be delivered")
