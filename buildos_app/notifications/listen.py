"""One LISTEN connection per process: what the database announces becomes a call, and a lost connection comes back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import psycopg
from psycopg import sql

from buildos_app.db.engine import database_url

logger = logging.getLogger(__name__)

USER_EVENTS = "user_events"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0

Receive = Callable[[str], Awaitable[None]]


async def listen(channels: Mapping[str, Receive], on_connect: Callable[[], Awaitable[None]]) -> None:
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
                for name in channels:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))
                pause = _FIRST_PAUSE
                await on_connect()
                async for notice in connection.notifies():
                    await _deliver(channels[notice.channel], notice.payload)
        except (psycopg.OperationalError, OSError) as error:
            logger.warning("listen connection lost, next try in %.1f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def _deliver(receive: Receive, payload: str) -> None:
    try:
        await receive(payload)
    except Exception:
        logger.exception("an announcement could not be delivered")
