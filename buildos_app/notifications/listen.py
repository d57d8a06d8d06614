"""One LISTEN connection per process: what the database announces becomes a call, and a lost connection comes back."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from buildos_app.db.engine import behind_pooler, database_url, revive_database
from buildos_app.db.session import public_session
from buildos_app.errors import ConfigurationError

logger = logging.getLogger(__name__)

USER_EVENTS = "user_events"
PROBE = "buildos_probe"
PROBE_SECONDS = 8.0
"""How often we announce something to ourselves: a connection whose other end is gone says nothing by itself, and is
noticed when two such periods were silent."""
CATCH_UP_SECONDS = 1.0
"""How often the tables are read while announcements may be lost."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0

Receive = Callable[[str], Awaitable[None]]
CatchUp = Callable[[], Awaitable[None]]


async def listen(channels: Mapping[str, Receive], catch_up: CatchUp, *, probe_seconds: float = PROBE_SECONDS) -> None:
    """Call `channels[name](payload)` for each announcement, for ever.

    `catch_up` reads from the tables what was announced and not heard. It runs after every (re)connection, and every
    second while our own announcements do not come back, which behind a pooler is always.
    """
    if behind_pooler():
        logger.warning("a pooler stands before the database: nothing can be heard, so it is asked every second")
        while True:
            await _call(catch_up())
            await asyncio.sleep(CATCH_UP_SECONDS)
    pause = _FIRST_PAUSE
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                database_url(), autocommit=True, application_name="buildos-listen", connect_timeout=5
            ) as connection:
                for name in (PROBE, *channels):
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))
                pause = _FIRST_PAUSE
                await _call(catch_up())
                await _receive(connection, channels, catch_up, probe_seconds)
        except (psycopg.Error, DBAPIError, OSError) as error:
            reason = str(error) or "it is silent"
            logger.warning("listen connection lost, next try in %.1f s: %s", pause, reason)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            await _revive()


async def _revive() -> None:
    try:
        await asyncio.to_thread(revive_database)
    except ConfigurationError as error:
        logger.warning("%s", error)


async def _receive(
    connection: psycopg.AsyncConnection[tuple[object, ...]],
    channels: Mapping[str, Receive],
    catch_up: CatchUp,
    probe_seconds: float,
) -> None:
    """Deliver what comes; raises TimeoutError when not even our own probe was heard for two periods."""
    heard_at = time.monotonic()
    while (probed_at := time.monotonic()) - heard_at < 2 * probe_seconds:
        async with asyncio.timeout(probe_seconds), public_session() as session:
            await session.execute(sa.select(sa.func.pg_notify(PROBE, "")))
        while (left := probed_at + probe_seconds - time.monotonic()) > 0:
            deaf = heard_at < probed_at
            async for notice in connection.notifies(
                timeout=min(left, CATCH_UP_SECONDS) if deaf else left, stop_after=1
            ):
                heard_at = time.monotonic()
                if notice.channel != PROBE:
                    await _call(channels[notice.channel](notice.payload))
            if heard_at < probed_at:
                await _call(catch_up())
    raise TimeoutError


async def _call(delivery: Awaitable[None]) -> None:
    try:
        await delivery
    except Exception:
        logger.exception("an announcement could not be delivered")
