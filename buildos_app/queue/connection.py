"""A connection of the queue's own, without an ORM, for the few statements that every job pays for."""

import asyncio
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import set_json_loads
from pydantic_core import from_json

from buildos_app.db.engine import behind_pooler, database_url, prepare_threshold
from buildos_app.db.session import WORKER

Rows = list[tuple[Any, ...]]


class QueueConnection:
    """Runs one statement at a time as the service role, each in its own transaction.

    Connects when first used, and again after a loss: the statement that was lost raises psycopg.OperationalError, and
    repeating it is up to the caller.

    `synchronous` False lets a commit return before it is on disk, which is right for a claim only: a claim that a
    crashed server forgot is made again, and its old token fences the first run.
    """

    def __init__(self, *, synchronous: bool = True) -> None:
        self._settings = {
            "role": WORKER,
            "statement_timeout": "30s",
            "synchronous_commit": "on" if synchronous else "off",
        }
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None
        self._turn = asyncio.Lock()

    async def fetch(self, statement: LiteralString, parameters: Sequence[Any]) -> Rows:
        """The rows of one statement, committed."""
        async with self._turn:
            connection = await self._connected()
            if not behind_pooler():
                return await (await connection.execute(statement, parameters)).fetchall()
            async with connection.transaction():
                await self._set(connection, for_transaction=True)
                return await (await connection.execute(statement, parameters)).fetchall()

    async def close(self) -> None:
        """Close; the next statement would connect again."""
        if self._connection is not None:
            await self._connection.close()

    async def _connected(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                database_url(), autocommit=True, prepare_threshold=prepare_threshold(), connect_timeout=5
            )
            set_json_loads(from_json, self._connection)
            if not behind_pooler():
                await self._set(self._connection, for_transaction=False)
        return self._connection

    async def _set(self, connection: psycopg.AsyncConnection[tuple[Any, ...]], *, for_transaction: bool) -> None:
        await connection.execute(
            "SELECT set_config(name, value, %s) FROM unnest(%s::text[], %s::text[]) s (name, value)",
            [for_transaction, list(self._settings), list(self._settings.values())],
        )
