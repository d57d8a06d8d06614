"""The engines of this process. Where the database is, is decided once, by settings or by the embedded server."""

from functools import cache

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from buildos_app.db.embedded import join, revive
from buildos_app.settings import get_settings

POOL_SIZE = 20
POOL_OVERFLOW = 30
PREPARE_AFTER = 5
"""Executions after which psycopg prepares a statement; its own default."""


@cache
def database_url() -> str:
    """The URL of the database, in libpq's form. Joins the embedded server where DATABASE_URL is unset."""
    settings = get_settings()
    url = settings.database_url or join(settings.buildos_data_dir)
    return url.replace("postgresql+psycopg://", "postgresql://", 1).replace("postgres://", "postgresql://", 1)


def revive_database() -> None:
    """Start the embedded server again if it died; any other server is not ours to start. Raises ConfigurationError."""
    settings = get_settings()
    if not settings.database_url:
        revive(settings.buildos_data_dir)


@cache
def behind_pooler() -> bool:
    """Does a pooler in transaction mode (PgBouncer) stand between us and PostgreSQL?

    Behind one, a connection's transactions run on different servers: no prepared statement, no LISTEN and no setting
    outlives its transaction. A pooler gives itself away by a process id that is not the server's.
    """
    with psycopg.connect(database_url(), autocommit=True, prepare_threshold=None, connect_timeout=5) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        return row != (connection.info.backend_pid,)


def prepare_threshold() -> int | None:
    """How psycopg may prepare statements here."""
    return None if behind_pooler() else PREPARE_AFTER


def is_lost_connection(error: BaseException) -> bool:
    """Did this fail because the database, or the way to it, was away? A statement that was refused is not that.

    Classes 08 and 57P of PostgreSQL's error codes; a failed connect has no code at all.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.OperationalError):
        return isinstance(cause, psycopg.InterfaceError)
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


def _sqlalchemy_url() -> sa.URL:
    return sa.make_url(database_url()).set(drivername="postgresql+psycopg")


@cache
def async_engine() -> AsyncEngine:
    """The pool of this process: at most 50 connections, so that a web process and a worker share the design's 100."""
    return create_async_engine(
        _sqlalchemy_url(),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_recycle=1800,
        connect_args={"prepare_threshold": prepare_threshold(), "connect_timeout": 5},
        hide_parameters=True,  # an error of the database goes to the log, what somebody wrote does not
    )


def sync_engine() -> sa.Engine:
    """An engine without a pool, for migrations and the command line."""
    options = {"prepare_threshold": None, "connect_timeout": 5}
    return sa.create_engine(_sqlalchemy_url(), poolclass=sa.NullPool, connect_args=options, hide_parameters=True)


async def dispose() -> None:
    """Close the pool and forget where the database is."""
    if async_engine.cache_info().currsize:
        await async_engine().dispose()
    async_engine.cache_clear()
    behind_pooler.cache_clear()
    database_url.cache_clear()
