"""Several statements in one round trip, for what a person waits for and for what is done for thousands of them.

A transaction of its own takes five: begin, role, query, rows, commit. On a busy machine each of them is a turn that
both programs have to wait for, which made up most of the time between a commit and its toast, and most of what a brief
cost beside its model.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.asyncio import AsyncConnection as Pooled
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.engine import async_engine
from buildos_app.db.session import WEB, WORKER

_TAKE_ROLE = (
    "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true),"
    " set_config('statement_timeout', '30s', true), set_config('synchronous_commit', %s, true)"
)
_CHANGE_ROLE = "SELECT set_config('role', %(role)s, true), set_config('app.user_id', %(user_id)s, true)"
_Rows = AsyncCursor[Any]


async def read_as(user_id: UUID, statement: sa.Select[Any], /, **parameters: Any) -> list[Any]:
    """The rows that the person may see of this query, by the names of its columns.

    The statement is kept for ever in its written form: build it once, and pass what varies by `parameters`.
    """
    return await _run_as(user_id, statement, parameters, is_lasting=True)


async def note_as(user_id: UUID, statement: sa.Executable, /, **parameters: Any) -> list[Any]:
    """As `read_as`, for a statement that writes. A database that crashes in the same second may forget it."""
    return await _run_as(user_id, statement, parameters, is_lasting=False)


async def read_together(
    session: AsyncSession, statements: Sequence[sa.Select[Any]], parameters: Mapping[str, Any]
) -> list[list[Any]]:
    """The rows of each query, in the session's transaction and in one round trip. They share `parameters`."""
    connection = await _driver(await session.connection())
    async with connection.pipeline():
        cursors = [await _execute(connection, statement, parameters) for statement in statements]
    return [await cursor.fetchall() for cursor in cursors]


async def ask_as_worker(session: AsyncSession, statement: sa.Executable, /, **parameters: Any) -> list[Any]:
    """The rows of one statement for which a person's transaction acts as the service role: to complete its own job."""
    connection = await _driver(await session.connection())
    async with connection.pipeline():
        await connection.execute(_CHANGE_ROLE, {"role": WORKER, "user_id": ""})
        cursor = await _execute(connection, statement, parameters)
        await connection.execute(_CHANGE_ROLE, session.info)
    return await cursor.fetchall()


async def _run_as(
    user_id: UUID, statement: sa.Executable, parameters: Mapping[str, Any], *, is_lasting: bool
) -> list[Any]:
    async with async_engine().connect() as pooled:
        connection = await _driver(pooled)
        async with connection.pipeline():
            await connection.execute(_TAKE_ROLE, [WEB, str(user_id), "on" if is_lasting else "off"])
            cursor = await _execute(connection, statement, parameters)
            await connection.commit()
            return await cursor.fetchall() if cursor.description else []


async def _driver(pooled: Pooled) -> AsyncConnection[Any]:
    return cast(AsyncConnection[Any], (await pooled.get_raw_connection()).driver_connection)


async def _execute(connection: AsyncConnection[Any], statement: sa.Executable, given: Mapping[str, Any]) -> _Rows:
    text, constants = _written(statement)
    return await connection.cursor(row_factory=namedtuple_row).execute(text, {**constants, **given})


@cache
def _written(statement: sa.Executable) -> tuple[bytes, dict[str, Any]]:
    written = cast(sa.ClauseElement, statement).compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    return str(written).encode(), dict(written.params)
