"""One query as one person in one round trip, for what a person waits for.

A transaction of its own takes five: begin, role, query, rows, commit. On a busy machine each of them is a turn that
both programs have to wait for, which made up most of the time between a commit and its toast.
"""

from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from buildos_app.db.engine import async_engine
from buildos_app.db.session import WEB

_TAKE_ROLE = (
    "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true),"
    " set_config('statement_timeout', '30s', true)"
)


async def read_as(user_id: UUID, statement: sa.Select[Any], **parameters: Any) -> list[Any]:
    """The rows that the person may see of this query, by the names of its columns.

    The statement is kept for ever in its written form: build it once, and pass what varies by `parameters`.
    """
    async with async_engine().connect() as pooled:
        connection = cast(AsyncConnection[Any], (await pooled.get_raw_connection()).driver_connection)
        async with connection.pipeline(), connection.cursor(row_factory=namedtuple_row) as cursor:
            await connection.execute(_TAKE_ROLE, [WEB, str(user_id)])
            text, constants = _written(statement)
            await cursor.execute(text, {**constants, **parameters})
            await connection.commit()
            return await cursor.fetchall()


@cache
def _written(statement: sa.Select[Any]) -> tuple[bytes, dict[str, Any]]:
    written = statement.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    return str(written).encode(), dict(written.params)
